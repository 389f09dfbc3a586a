"""What a producer earns when consigned goods are sold (contract §4)."""

from __future__ import annotations

from decimal import Decimal

from worked.books import NARYN, Books, consigned, earned, rule, sale

GOODS = [consigned("D-1", "felt-1", 10, "M0345", date="2026-03-02")]
NARYN_GOODS = consigned(
    "D-2", "honey-1", 10, "N0001", association=NARYN, group="Atbashy", date="2026-03-02"
)


def test_value_less_commission_is_earned(books: Books) -> None:
    # 3 × 350 - 50 = 1,000; 18 % = 180; 820 to the producer
    books.take_all(
        policy=[rule("commission", "0.18")],
        deliveries=GOODS,
        sales=[sale("R-1", "felt-1", 3, 350, discount=50)],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "820.00"}
    assert books.balance("Income:Commission") == -180
    assert books.balance("Assets:Till") == 1000


def test_without_a_rule_commission_is_nothing(books: Books) -> None:
    books.take_all(deliveries=GOODS, sales=[sale("R-1", "felt-1", 3, 350)])
    assert earned(books.draft(), "M0345") == {"consignment": "1050.00"}


def test_commission_is_of_the_sales_date(books: Books) -> None:
    # 350 × 0.9 on the 14th, 350 × 0.8 on the 15th, when 20 % begins: 315 + 280 = 595
    books.take_all(
        policy=[
            rule("commission", "0.1"),
            rule("commission", "0.2", valid_from="2026-03-15"),
        ],
        deliveries=GOODS,
        sales=[
            sale("R-1", "felt-1", 1, 350, date="2026-03-14"),
            sale("R-2", "felt-1", 1, 350, date="2026-03-15"),
        ],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "595.00"}


def test_commission_is_of_the_producers_association(books: Books) -> None:
    # in one store: Issyk-Kul 10 % of 350 = 35, Naryn 20 % of 450 = 90
    books.take_all(
        policy=[rule("commission", "0.1"), rule("commission", "0.2", association=NARYN)],
        deliveries=[*GOODS, NARYN_GOODS],
        sales=[sale("R-1/1", "felt-1", 1, 350), sale("R-1/2", "honey-1", 1, 450)],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "315.00"}
    assert earned(books.draft(association=NARYN), "N0001") == {"consignment": "360.00"}


def test_foreign_value_becomes_som_before_commission(books: Books) -> None:
    # 3 × 12.345 = 37.035 -> 37.04 USD; less 0.04 = 37.00; × 87.4567 = 3,235.8979 -> 3,235.90;
    # 10 % = 323.59; 2,912.31 to the producer
    abroad = {"payment": "invoice", "currency": "USD", "rate": "87.4567"}
    books.take_all(
        policy=[rule("commission", "0.1")],
        deliveries=GOODS,
        sales=[sale("R-1", "felt-1", 3, "12.345", discount="0.04", **abroad)],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "2912.31"}
    assert books.balance("Assets:Receivable", "USD") == 37
    assert books.balance("Income:Commission") == Decimal("-323.59")


def test_a_foreign_sale_without_its_rate_is_a_problem(books: Books) -> None:
    books.take("deliveries", GOODS)
    row = sale("R-1", "felt-1", 1, 10, payment="invoice", currency="USD")
    assert "rate" in books.refused("sales", row)


def test_tax_of_own_sales_never_touches_a_producer(books: Books) -> None:
    # 350 with a VAT of 12 % in the policy: still 350 to the producer
    books.take_all(
        policy=[rule("vat", "0.12", account="Liabilities:Tax:VAT")],
        deliveries=GOODS,
        sales=[sale("R-1", "felt-1", 1, 350)],
    )
    assert earned(books.draft(), "M0345") == {"consignment": "350.00"}
    assert books.balance("Liabilities:Tax") == 0


def test_consigned_goods_of_a_group_earn_for_its_pool(books: Books) -> None:
    # 2 × 350 = 700 into the pool of Akburun
    books.take_all(
        deliveries=[consigned("D-1", "felt-1", 5, None)], sales=[sale("R-1", "felt-1", 2, 350)]
    )
    run = books.draft()
    assert run["lines"] == []
    assert {"group": "Akburun", "amount": "700.00"} in run["held_pools"]


def test_the_earning_is_of_the_sales_date(books: Books) -> None:
    # delivered in March, sold on 1 April: nothing in March
    books.take_all(deliveries=GOODS, sales=[sale("R-1", "felt-1", 1, 350, date="2026-04-01")])
    assert books.pay()["lines"] == []
    books.today = "2026-05-02"
    assert earned(books.draft("2026-04"), "M0345") == {"consignment": "350.00"}
