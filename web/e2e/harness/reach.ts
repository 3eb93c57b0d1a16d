import axe from "axe-core";
import type { Page } from "playwright-core";

/** Everything on a page that keeps somebody with a keyboard or a screen reader out. */
export async function barriers(page: Page): Promise<string[]> {
  return [...(await ours(page)), ...(await theirs(page))];
}

/** What axe finds, by all its rules. */
async function theirs(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: runner } = window as unknown as { axe: typeof axe };
    const { violations } = await runner.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
  });
}

function ours(page: Page): Promise<string[]> {
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
    const { scrollWidth, clientWidth } = document.documentElement;
    const reaches = (element: Element) => element.getBoundingClientRect().right >= scrollWidth - 1;
    if (scrollWidth > clientWidth + 1) found.push(`wider than the window: ${scrollWidth}, ${[...document.body.querySelectorAll("*")].filter(reaches).at(-1)?.outerHTML.slice(0, 120)}`);
    return found;
  });
}
