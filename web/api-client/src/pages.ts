/** Rows of a page; a shorter one is the last. */
export const PAGE = 100;

/** Where the page after `row` begins; rows are in order of time, then of identifier. */
export function pageAfter(row: { created_at: string; id: string } | undefined): { after_created_at?: string; after_id?: string } {
  return row ? { after_created_at: row.created_at, after_id: row.id } : {};
}
