"""Writes docs/parquet.md from the declared tables: `make docs`."""

from __future__ import annotations

import sys
from pathlib import Path

from ovop_payouts.parquet import described

HEAD = """\
# The books as Parquet

`ovop export parquet DIR` writes five files for those who analyse; `-a ASSOCIATION` writes one association's alone, and a
treasurer gets their own. The same books give the same bytes. There are no names of people, no payment details and nothing
that people wrote about each other in them; ids of members are.

Money is `decimal128(20, 2)` in KGS, never a float. Empty is not zero.

DuckDB reads them as they are:

```sql
-- what each association owes its members at the end of March
SELECT association, -sum(kgs) AS owed FROM 'DIR/legs.parquet'
WHERE family = 'payables' AND date <= DATE '2026-03-31' GROUP BY association ORDER BY association;

-- women's share of what was earned, by month
SELECT strftime(e.date, '%Y-%m') AS month, sum(e.amount) FILTER (m.gender = 'f') / sum(e.amount) AS share
FROM 'DIR/earnings.parquet' e JOIN 'DIR/members.parquet' m USING (member) WHERE m.changed IS NULL GROUP BY month;

-- the sales of each product
SELECT columns['product'] AS product, count(*) AS lines FROM 'DIR/entries.parquet' WHERE tag = 'sales' GROUP BY product;
```

`entries` and `legs` are the ledger itself: joined by `entry`, the legs of each sum up to nothing in `kgs`. `earnings` holds
what each payee got by each entry; a pool's are those without a member, and its shares come again as kind `pool`, so leave
one of the two out of a sum. `runs` holds one row for each payee of each run, `members` one for each change of a member.

"""

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(HEAD + described(), encoding="utf-8")
