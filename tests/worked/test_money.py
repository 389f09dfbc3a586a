"""`money(x)` rounds half up, by absolute value, to the minor unit (contract §4)."""

from __future__ import annotations

from worked.books import Books, delivery, earned, sale


def test_half_a_tyiyn_is_rounded_up(books: Books) -> None:
    # 0.5 kg × 300.50 = 150.25; 1.5 × 300.33 = 450.495 -> 450.50
    books.take(
        "deliveries",
        [
            delivery("D-1", "honey-1", "0.5", "M0345"),
            delivery("D-2", "honey-1", "1.5", "M0346", unit_price="300.33"),
        ],
    )
    run = books.draft()
    assert earned(run, "M0345") == {"buyback": "150.25"}
    assert earned(run, "M0346") == {"buyback": "450.50"}
