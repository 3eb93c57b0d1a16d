//! The page as text. Whatever comes from outside is escaped on its way in.

use std::fmt::{self, Display};

use url::Url;

use super::texts::Language;
use crate::work::issuing::Asking;

/// What the page shows.
pub(super) struct Page<'a> {
    pub(super) authority: &'a str,
    pub(super) language: Language,
    pub(super) request_uri: &'a str,
    pub(super) asking: &'a Asking,
    pub(super) trouble: Option<&'a Trouble<'a>>,
}

/// Why the page is shown again.
pub(super) struct Trouble<'a> {
    pub(super) text: String,
    /// Whether the code is at fault, and not the reference or what it refers to.
    pub(super) is_code: bool,
    /// What the person typed, so that they need not type it again.
    pub(super) reference: &'a str,
}

/// Text that came from outside.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

impl Page<'_> {
    /// The page with its form.
    pub(super) fn form(&self) -> String {
        let texts = self.language.texts();
        let (client, request_uri) = (Escaped(&self.asking.client), Escaped(self.request_uri));
        let reference = if self.asking.needs_reference { self.reference() } else { String::new() };
        let (alert, state) = (self.alert(), self.state("code-hint", self.is_code_next()));
        let body = format!(
            r#"<h1>{title}</h1>
<p class="lead">{lead}</p>
<p class="client"><span>{wallet}</span> <strong>{name}</strong><br><span>{goes_to}</span> <strong>{target}</strong></p>
{alert}<form method="post" action="/authorize" autocomplete="off">
<input type="hidden" name="request_uri" value="{request_uri}">
<input type="hidden" name="client_id" value="{client}">
<input type="hidden" name="lang" value="{tag}">
{reference}<label for="code">{code}</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" {state}>
<p class="hint" id="code-hint">{code_hint}</p>
<p class="warning">{warning}</p>
<div class="buttons">
<button class="primary" name="decision" value="allow">{allow}</button>
<button name="decision" value="deny">{deny}</button>
</div>
</form>
{languages}"#,
            title = texts.title,
            lead = texts.lead.replace("{authority}", &Escaped(self.authority).to_string()),
            wallet = texts.wallet,
            name = Escaped(if self.asking.own { texts.own_wallet } else { &self.asking.client }),
            goes_to = texts.goes_to,
            target = Escaped(&target(&self.asking.redirect_uri)),
            tag = self.language.tag(),
            code = texts.code,
            code_hint = texts.code_hint,
            warning = texts.warning,
            allow = texts.allow,
            deny = texts.deny,
            languages = self.languages(),
        );
        whole(self.authority, self.language, texts.title, &body)
    }

    /// Whether the code is what the person types next.
    fn is_code_next(&self) -> bool {
        !self.asking.needs_reference || self.trouble.is_some_and(|trouble| trouble.is_code)
    }

    /// What tells of a field to everybody: the one that comes next has the focus, and the trouble if there is any.
    fn state(&self, hint: &str, is_next: bool) -> String {
        match (is_next, self.trouble) {
            (false, _) => format!("aria-describedby=\"{hint}\""),
            (true, None) => format!("aria-describedby=\"{hint}\" autofocus"),
            (true, Some(_)) => format!("aria-describedby=\"{hint} trouble\" aria-invalid=\"true\" autofocus"),
        }
    }

    fn reference(&self) -> String {
        let texts = self.language.texts();
        let state = self.state("reference-hint", !self.is_code_next());
        let value = Escaped(self.trouble.map_or("", |trouble| trouble.reference));
        format!(
            r#"<label for="reference">{}</label>
<input id="reference" name="reference" autocapitalize="characters" spellcheck="false" maxlength="16" value="{value}" {state}>
<p class="hint" id="reference-hint">{}</p>
"#,
            texts.reference, texts.reference_hint
        )
    }

    fn alert(&self) -> String {
        let alert = |trouble: &Trouble<'_>| {
            let text = Escaped(&trouble.text);
            format!("<p class=\"trouble\" id=\"trouble\" role=\"alert\">{text}</p>\n")
        };
        self.trouble.map(alert).unwrap_or_default()
    }

    fn languages(&self) -> String {
        let link = |language: &Language| {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .append_pair("client_id", &self.asking.client)
                .append_pair("request_uri", self.request_uri)
                .append_pair("lang", language.tag())
                .finish();
            let (tag, name, href) = (language.tag(), language.name(), format!("/authorize?{query}"));
            format!("<a href=\"{}\" lang=\"{tag}\" hreflang=\"{tag}\">{name}</a>", Escaped(&href))
        };
        let others = Language::ALL.iter().filter(|language| **language != self.language);
        let links: Vec<String> = others.map(link).collect();
        format!("<nav class=\"languages\">{}</nav>", links.join(" "))
    }
}

/// Where the answer goes, as people tell addresses apart: the host, or the scheme of an app.
fn target(redirect_uri: &str) -> String {
    let url = Url::parse(redirect_uri).ok();
    let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port())));
    match (host, &url) {
        (Some((host, Some(port))), _) => format!("{host}:{port}"),
        (Some((host, None)), Some(url)) if matches!(url.scheme(), "http" | "https") => host.to_owned(),
        (_, Some(url)) => format!("{}:", url.scheme()),
        (_, None) => String::new(),
    }
}

/// A page that only tells something.
pub(super) fn notice(authority: &str, language: Language, title: &str, text: &str) -> String {
    whole(authority, language, title, &format!("<h1>{title}</h1>\n<p class=\"lead\">{text}</p>"))
}

fn whole(authority: &str, language: Language, title: &str, body: &str) -> String {
    let (tag, authority) = (language.tag(), Escaped(authority));
    format!(
        r#"<!doctype html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} - {authority}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/authorize/style.css">
</head>
<body class="authorize">
<header>{authority}</header>
<main>
{body}
</main>
</body>
</html>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(client: &str) -> Asking {
        Asking {
            client: client.to_owned(),
            own: false,
            redirect_uri: "https://wallet.example/".to_owned(),
            needs_reference: true,
        }
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let asking = asking("<script>\"'&");
        let trouble = Trouble { text: "<b>".to_owned(), is_code: true, reference: "\"><i>" };
        let page = Page {
            authority: "A & <B>",
            language: Language::En,
            request_uri: "urn:\"<x>",
            asking: &asking,
            trouble: Some(&trouble),
        };
        let html = page.form();
        for bad in ["<script>", "<b>", "<i>", "<x>", "A & <B>"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        assert!(html.contains("&lt;script&gt;&quot;&#39;&amp;"), "{html}");
    }

    #[test]
    fn the_field_at_fault_has_the_focus_and_says_why() {
        let asking = asking("https://wallet.example");
        for (is_code, field) in [(true, "code-hint"), (false, "reference-hint")] {
            let trouble = Trouble { text: "Wrong.".to_owned(), is_code, reference: "A" };
            let page = Page {
                authority: "A",
                language: Language::En,
                request_uri: "urn:x",
                asking: &asking,
                trouble: Some(&trouble),
            };
            let html = page.form();
            let expected = format!("aria-describedby=\"{field} trouble\" aria-invalid=\"true\" autofocus>");
            assert!(html.contains(&expected) && html.matches("autofocus").count() == 1, "{html}");
        }
    }

    #[test]
    fn people_see_where_the_card_goes() {
        assert_eq!(target("https://wallet.example/back?x=y"), "wallet.example");
        assert_eq!(target("http://localhost:8443/"), "localhost:8443");
        assert_eq!(target("eudi-openid4ci://authorize"), "eudi-openid4ci:");
        assert_eq!(target("org.example.wallet:/back"), "org.example.wallet:");
    }

    #[test]
    fn a_wallet_that_names_its_offer_leaves_one_field() {
        let asking = Asking { needs_reference: false, ..asking("https://wallet.example") };
        let page =
            Page { authority: "A", language: Language::Ja, request_uri: "urn:x", asking: &asking, trouble: None };
        let html = page.form();
        assert!(!html.contains("id=\"reference\"") && html.contains("id=\"code\""), "{html}");
        assert!(html.contains("<html lang=\"ja\">"), "{html}");
    }
}
