"""Rules that come with MirrorDesk. A beginning: no list of banks or vaults is ever complete.

Hosts work where a browser tells its address; the words are there because most do not. They are
names that hardly mean anything else, so that a page about rivers or tennis is not taken for a bank.
"""

from __future__ import annotations

from mirrordesk.rules.rule import Rule

PASSWORD_PROGRAMS = (
    "keepass", "keepassxc", "keeweb", "1password", "bitwarden", "enpass", "gnome-keyring",
    "gnome-secrets", "seahorse", "kwalletmanager", "dashlane", "lastpass", "nordpass",
    "proton pass", "proton-pass", "protonpass", "keeperpasswordmanager", "keeper password",
    "roboform", "buttercup", "myki", "padloc", "passky", "qtpass", "password safe", "pwsafe",
    "revelation", "authpass", "strongbox", "macpass", "psono", "passbolt", "authenticator",
    "ente auth", "otpclient", "aegis", "yubioath", "keychain access", "pinentry", "polkit",
    "gcr-prompter", "ksshaskpass", "ssh-askpass", "lxqt-sudo", "kdesu", "gksu",
)  # fmt: skip

# In the title of a browser: a vault on the web, or an extension's own window.
PASSWORD_TITLES = (
    "bitwarden", "vaultwarden", "1password", "lastpass", "dashlane", "nordpass", "proton pass",
    "keeper security", "keeper vault", "keepassxc-browser", "roboform", "enpass", "passbolt",
    "psono", "padloc", "password manager", "passwortmanager", "passwort-manager",
    "gestionnaire de mots de passe", "gestor de contraseñas", "gerenciador de senhas",
    "gestor de palavras-passe", "gestione password", "wachtwoordbeheer", "менеджер паролей",
    "menedżer haseł", "パスワード マネージャー", "密码管理",
)  # fmt: skip

PASSWORD_PAGES = (
    "vault.bitwarden.com", "vault.bitwarden.eu", "1password.com", "1password.eu", "1password.ca",
    "lastpass.com", "app.dashlane.com", "keepersecurity.com", "keepersecurity.eu",
    "nordpass.com", "pass.proton.me", "passwords.google.com", "roboform.com",
    "enpass.io", "app.psono.com", "padloc.app", "about:logins", "chrome://password-manager",
    "edge://wallet", "brave://password-manager", "vivaldi://password-manager",
    "opera://password-manager", "chrome://settings/passwords", "edge://settings/passwords",
)  # fmt: skip

BANKING_PROGRAMS = (
    "hibiscus", "jameica", "starmoney", "banking4", "moneyplex", "gnucash", "kmymoney", "homebank",
    "skrooge", "moneydance", "quicken", "electrum", "bitcoin-qt", "ledger live", "trezor suite",
    "exodus", "monero-wallet", "sparrow",
)  # fmt: skip

BANKING_TITLES = (
    "online banking", "online-banking", "onlinebanking", "internet banking", "internet-banking",
    "internetbanking", "netbanking", "net banking", "e-banking", "ebanking", "home banking",
    "homebanking", "mobile banking", "netbank", "nettbank", "internetbank", "verkkopankki",
    "telebanking", "banque en ligne", "banca online", "banca en línea", "banca por internet",
    "banco en línea", "internet bankacılığı", "bankowość", "internetové bankovnictví",
    "интернет-банк", "онлайн-банк", "网上银行", "網路銀行", "インターネットバンキング",
    "인터넷뱅킹", "paypal", "venmo", "cash app", "revolut", "monzo", "starling bank", "alipay",
    "支付宝", "mercado pago", "klarna", "payoneer", "skrill", "coinbase", "binance", "kraken pro",
    "metamask", "sparkasse", "volksbank", "raiffeisen", "commerzbank", "deutsche bank",
    "postbank", "comdirect", "consorsbank", "dkb", "postfinance", "unicredit", "intesa sanpaolo",
    "bnp paribas", "crédit agricole", "société générale", "caisse d’épargne", "boursobank",
    "santander", "bbva", "caixabank", "banco sabadell", "millennium bcp", "rabobank", "abn amro",
    "belfius", "nordea", "swedbank", "handelsbanken", "danske bank", "op financial",
    "mbank", "pko bank", "ing bank", "bank of america", "wells fargo", "capital one", "citibank",
    "chase bank", "us bank", "american express", "hsbc", "barclays", "lloyds bank", "natwest",
    "nationwide building society", "royal bank of", "scotiabank", "td canada trust", "commbank",
    "westpac", "anz internet", "icici", "hdfc", "state bank of", "axis bank", "itaú", "bradesco",
    "banco do brasil", "nubank", "bancolombia", "сбербанк", "тинькофф", "icbc", "招商银行",
    "mizuho", "smbc", "三井住友", "三菱ufj", "국민은행", "dbs bank", "ocbc", "standard chartered",
)  # fmt: skip

BANKING_PAGES = (
    "paypal.com", "wise.com", "revolut.com", "venmo.com", "cash.app", "klarna.com", "skrill.com",
    "payoneer.com", "alipay.com", "mercadopago.com", "dashboard.stripe.com", "pay.google.com",
    "wallet.google.com", "n26.com", "bunq.com", "monzo.com", "starlingbank.com", "coinbase.com",
    "binance.com", "kraken.com", "sparkasse.de", "vr.de", "volksbank.de", "commerzbank.de",
    "comdirect.de", "deutsche-bank.de", "postbank.de", "ing.de", "ing.com", "ing.nl", "ing.be",
    "dkb.de", "consorsbank.de", "targobank.de", "hypovereinsbank.de", "gls.de", "erstebank.at",
    "sparkasse.at", "george.at", "raiffeisen.at", "raiffeisen.ch", "bankaustria.at", "ubs.com",
    "postfinance.ch", "zkb.ch", "unicredit.it", "intesasanpaolo.com", "fineco.it",
    "bnpparibas", "credit-agricole.fr", "societegenerale.fr", "labanquepostale.fr",
    "caisse-epargne.fr", "creditmutuel.fr", "boursobank.com", "santander.com", "santander.co.uk",
    "bancosantander.es", "bbva.es", "bbva.mx", "caixabank.es", "bancsabadell.com", "cgd.pt",
    "millenniumbcp.pt", "rabobank.nl", "abnamro.nl", "kbc.be", "belfius.be", "nordea.com",
    "nordea.fi", "nordea.se", "seb.se", "swedbank.se", "handelsbanken.se", "danskebank.dk",
    "danskebank.fi", "nykredit.dk", "dnb.no", "op.fi", "mbank.pl", "pkobp.pl", "ipko.pl",
    "bankofamerica.com", "chase.com", "wellsfargo.com", "citi.com", "capitalone.com",
    "usbank.com", "pnc.com", "truist.com", "americanexpress.com", "discover.com", "fidelity.com",
    "schwab.com", "vanguard.com", "ally.com", "hsbc.com", "hsbc.co.uk", "barclays.co.uk",
    "lloydsbank.co.uk", "natwest.com", "nationwide.co.uk", "halifax.co.uk", "aib.ie",
    "royalbank.com", "td.com", "scotiabank.com", "bmo.com", "cibc.com", "commbank.com.au",
    "westpac.com.au", "anz.com.au", "nab.com.au", "anz.co.nz", "asb.co.nz", "onlinesbi.sbi",
    "hdfcbank.com", "icicibank.com", "axisbank.com", "itau.com.br", "bradesco.com.br",
    "bb.com.br", "nubank.com.br", "bancolombia.com", "sberbank.ru", "tbank.ru", "icbc.com.cn",
    "cmbchina.com", "boc.cn", "mizuhobank.co.jp", "smbc.co.jp", "bk.mufg.jp", "kbstar.com",
    "shinhan.com", "dbs.com.sg", "ocbc.com", "sc.com",
)  # fmt: skip

PRIVATE_WINDOWS = "private windows"
LISTS: dict[str, tuple[Rule, ...]] = {
    "password managers": (
        Rule(apps=PASSWORD_PROGRAMS),
        Rule(in_browser=True, titles=PASSWORD_TITLES),
        Rule(urls=PASSWORD_PAGES),
    ),
    "banking": (
        Rule(apps=BANKING_PROGRAMS),
        Rule(in_browser=True, titles=BANKING_TITLES),
        Rule(urls=BANKING_PAGES),
    ),
    PRIVATE_WINDOWS: (Rule(private=True),),
}
