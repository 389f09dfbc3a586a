"""What banks write: camt.053, camt.054 and pain.002 about payments of ours."""

from __future__ import annotations

import re

RUN = "2026-03/issyk-kul/1"
CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


def details(reference: str, *, more: str = "", amount: str = "") -> str:
    stated = f'<Amt Ccy="KGS">{amount}</Amt>' if amount else ""
    return f"<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>{stated}{more}</TxDtls>"


def entry(
    inside: str,
    amount: str = "1500.00",
    sign: str = "DBIT",
    *,
    state: str = "BOOK",
    ccy: str = "KGS",
    day: str = "2026-04-07",
) -> str:
    return (
        f'<Ntry><Amt Ccy="{ccy}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"<Sts><Cd>{state}</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"<BkTxCd/><NtryDtls>{inside}</NtryDtls></Ntry>"
    )


def statement(*entries: str) -> bytes:
    head = "<GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-04-08T09:00:00+06:00</CreDtTm></GrpHdr>"
    account = "<Id>1</Id><Acct><Id><Othr><Id>1280010020040012</Id></Othr></Id></Acct>"
    balance = (
        "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>"
        '<Amt Ccy="KGS">0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-04-07</Dt></Dt></Bal>'
    )
    body = f"<Stmt>{account}{balance}{''.join(entries)}</Stmt>"
    return (
        f'<Document xmlns="{CAMT}"><BkToCstmrStmt>{head}{body}</BkToCstmrStmt></Document>'.encode()
    )


def order(group: str = "", *blocks: str) -> bytes:
    head = "<GrpHdr><MsgId>P1</MsgId><CreDtTm>2026-04-06T18:00:00Z</CreDtTm></GrpHdr>"
    body = f"<OrgnlGrpInfAndSts>{group}</OrgnlGrpInfAndSts>{''.join(blocks)}"
    report = f"<CstmrPmtStsRpt>{head}{body}</CstmrPmtStsRpt>"
    return f'<Document xmlns="{PAIN}">{report}</Document>'.encode()


def block(state: str, *payments: str, ident: str = RUN) -> str:
    stated = f"<PmtInfSts>{state}</PmtInfSts>" if state else ""
    head = f"<OrgnlPmtInfId>{ident}</OrgnlPmtInfId>{stated}"
    return f"<OrgnlPmtInfAndSts>{head}{''.join(payments)}</OrgnlPmtInfAndSts>"


def payment(reference: str, state: str, code: str = "", words: str = "", amount: str = "") -> str:
    because = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn><AddtlInf>{words}</AddtlInf></StsRsnInf>"
    original = f'<OrgnlTxRef><Amt><InstdAmt Ccy="KGS">{amount}</InstdAmt></Amt></OrgnlTxRef>'
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{state}</TxSts>"
        f"{because if code else ''}{original if amount else ''}</TxInfAndSts>"
    )


def returned(reference: str, amount: str, code: str, day: str = "2026-04-09") -> str:
    """A credit that gives back what was sent under a reference."""
    why = f"<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>"
    return entry(details(reference, more=why), amount, "CRDT", day=day)


def notification(*entries: str) -> bytes:
    """The same entries as a camt.054."""
    text = statement(*entries).decode().replace("camt.053.001.08", "camt.054.001.08")
    text = re.sub(r"<Bal>.*?</Bal>", "", text)
    return (
        text.replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn").replace("Stmt>", "Ntfctn>").encode()
    )
