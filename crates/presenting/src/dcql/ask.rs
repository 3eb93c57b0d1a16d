//! From a scene to the query that asks for exactly what the scene allows.

use mibun_card::mdoc::elements::{DocumentType, Element};
use mibun_card::path::ClaimPath;
use mibun_trust::Scene;
use mibun_trust::scene::Field;

use super::{ClaimQuery, CredentialQuery, CredentialSet, Format, Query};

impl Query {
    /// The name under which the card of a scene's query returns.
    pub const CARD: &'static str = "card";
    /// The same for the mdoc where the card may come in either format.
    pub const CARD_IN_MDOC: &'static str = "card_mdoc";

    /// Asks for one card of one of the types in `vct_values` with the fields of `scene`.
    ///
    /// The level is always asked for, since every scene has a minimum; the evidence only where the scene limits its
    /// age. The holder may withhold optional fields: every combination of them is a claim set, fullest first.
    pub fn for_scene(scene: &Scene, vct_values: &[&str]) -> Self {
        let mut claims = vec![claim(&[LEVEL])];
        if scene.reads_evidence() {
            claims.push(claim(&[EVIDENCE]));
        }
        claims.extend(scene.fields.iter().filter(|field| field.required).map(|field| claim(&names(&field.path))));
        let optional = scene.fields.iter().filter(|field| !field.required);
        let optional: Vec<_> = optional.map(|field| vec![claim(&names(&field.path))]).collect();
        let claim_sets = claim_sets(&claims, &optional);
        claims.extend(optional.into_iter().flatten());
        let card = CredentialQuery {
            id: Self::CARD.to_owned(),
            format: Format::SdJwtVc { vct_values: vct_values.iter().map(|&vct| vct.to_owned()).collect() },
            multiple: false,
            holder_binding: true,
            trusted_authorities: Vec::new(),
            claims,
            claim_sets,
        };
        Self { credentials: vec![card], credential_sets: Vec::new() }
    }

    /// Asks for one mdoc of a type with the fields of `scene`: of each claim, the elements that carry it.
    pub fn for_scene_in_mdoc(scene: &Scene, document_type: &DocumentType) -> Self {
        let elements = |path: &[&str], keep| {
            let found = document_type.elements_for(path).into_iter();
            found.map(|element| self::element(element, keep)).collect::<Vec<_>>()
        };
        let mut claims = elements(&[LEVEL], false);
        if scene.reads_evidence() {
            claims.extend(elements(&[EVIDENCE], false));
        }
        let field = |field: &Field| elements(&names(&field.path), field.keep);
        claims.extend(scene.fields.iter().filter(|field| field.required).flat_map(field));
        let optional = scene.fields.iter().filter(|field| !field.required).map(field);
        let optional: Vec<_> = optional.filter(|elements| !elements.is_empty()).collect();
        let claim_sets = claim_sets(&claims, &optional);
        claims.extend(optional.into_iter().flatten());
        let card = CredentialQuery {
            id: Self::CARD.to_owned(),
            format: Format::Mdoc { doctype: document_type.doc_type.to_owned() },
            multiple: false,
            holder_binding: true,
            trusted_authorities: Vec::new(),
            claims,
            claim_sets,
        };
        Self { credentials: vec![card], credential_sets: Vec::new() }
    }

    /// Asks for one card in whichever of the two formats the holder has it, rather as an SD-JWT VC than as an mdoc.
    pub fn for_scene_in_either(scene: &Scene, vct_values: &[&str], document_type: &DocumentType) -> Self {
        let mdoc = Self::for_scene_in_mdoc(scene, document_type).credentials.into_iter();
        let mdoc = mdoc.map(|card| CredentialQuery { id: Self::CARD_IN_MDOC.to_owned(), ..card });
        let either = [Self::CARD, Self::CARD_IN_MDOC].map(|id| vec![id.to_owned()]);
        Self {
            credentials: Self::for_scene(scene, vct_values).credentials.into_iter().chain(mdoc).collect(),
            credential_sets: vec![CredentialSet { options: either.into(), required: true }],
        }
    }
}

fn element(element: &Element, intent_to_retain: bool) -> ClaimQuery {
    ClaimQuery { intent_to_retain, ..claim(&[element.namespace, element.name]) }
}

fn names(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

fn claim(path: &[&str]) -> ClaimQuery {
    ClaimQuery {
        // Identifiers have letters, digits, `_` and `-` only, namespaces have dots.
        id: Some(path.join("-").replace('.', "_")),
        path: ClaimPath::of_names(path),
        values: Vec::new(),
        intent_to_retain: false,
    }
}

/// All subsets of the `optional` fields on top of `required`, larger ones first; none when nothing is optional. A field is
/// withheld as a whole, however many elements carry it.
fn claim_sets(required: &[ClaimQuery], optional: &[Vec<ClaimQuery>]) -> Vec<Vec<String>> {
    if optional.is_empty() {
        return Vec::new();
    }
    let mut choices: Vec<u32> = (0..1 << optional.len()).collect();
    choices.sort_by_key(|choice| std::cmp::Reverse(choice.count_ones()));
    let chosen = |choice: u32| {
        optional.iter().enumerate().filter(move |(i, _)| choice & (1 << i) != 0).flat_map(|(_, field)| field)
    };
    choices
        .into_iter()
        .map(|choice| required.iter().chain(chosen(choice)).filter_map(|c| c.id.clone()).collect())
        .collect()
}

const LEVEL: &str = "assurance_level";
const EVIDENCE: &str = "evidence";
