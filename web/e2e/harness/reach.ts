import type { Page } from "playwright-core";

/** Everything on a page that keeps somebody with a keyboard or a screen reader out. */
export function barriers(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const text = (id: string) => document.getElementById(id)?.textContent?.trim() ?? "";
    const nameOf = (element: Element): string => {
      const labelled = element.getAttribute("aria-labelledby")?.split(/\s+/).map(text).join(" ");
      const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement ? [...(element.labels ?? [])].map((label) => label.textContent).join(" ") : "";
      const inside = element.matches("input, select, textarea") ? "" : (element.textContent ?? "");
      return [labelled, element.getAttribute("aria-label"), labels, inside, element.getAttribute("alt"), element.querySelector("img")?.alt].map((part) => part?.trim() ?? "").join("");
    };
    const shown = (element: Element) => element.checkVisibility({ checkVisibilityCSS: true });
    const controls = document.querySelectorAll("a[href], button, input, select, textarea, summary, progress, [role=button], [tabindex='0']");
    for (const control of controls) if (shown(control) && !control.closest("[aria-hidden=true]") && nameOf(control) === "") found.push(`no name: ${control.outerHTML.slice(0, 120)}`);
    for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) found.push(`no alternative text: ${image.outerHTML.slice(0, 80)}`);
    const headings = [...document.querySelectorAll("h1")].filter(shown);
    if (headings.length !== 1) found.push(`${headings.length} main headings`);
    if (document.querySelectorAll("main").length !== 1) found.push("not exactly one main part");
    if (!document.documentElement.lang) found.push("no language");
    if (document.title.trim() === "") found.push("no title");
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth + 1) found.push(`wider than the window: ${document.documentElement.scrollWidth}`);
    return found;
  });
}
