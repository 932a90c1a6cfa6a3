-- What invoices and purchases say, each value with its place in the file that said it.
-- Amounts are in the currency of their row; dates are days; moments are UTC.

CREATE TABLE file (
    sha256 VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,           -- invoices, purchases
    imported_at TIMESTAMP NOT NULL,
    verdict VARCHAR NOT NULL,        -- accepted, warned
    format VARCHAR NOT NULL
);

CREATE TABLE remark (
    file VARCHAR NOT NULL,           -- file.sha256
    "row" VARCHAR,                   -- the row it is about, or the place of one that was refused
    code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,          -- warning, refused
    sentence VARCHAR NOT NULL        -- French
);

CREATE TABLE invoice (
    id VARCHAR PRIMARY KEY,
    file VARCHAR NOT NULL,
    number VARCHAR NOT NULL,         -- BT-1
    type VARCHAR NOT NULL,           -- BT-3: 380 invoice, 381 credit note, 384 corrective …
    issued DATE NOT NULL,            -- BT-2
    received DATE,
    delivered DATE,                  -- BT-72, or the service fait
    due DATE,                        -- BT-9
    supplier_siren VARCHAR,          -- BT-30
    supplier_siret VARCHAR,          -- BT-29
    supplier_name VARCHAR,           -- BT-27
    buyer_siren VARCHAR,             -- BT-47
    buyer_siret VARCHAR,             -- BT-46
    buyer_name VARCHAR,              -- BT-44
    service VARCHAR,                 -- BT-10
    commitment VARCHAR,              -- BT-13
    contract VARCHAR,                -- BT-12
    preceding VARCHAR,               -- BT-25
    net DECIMAL(18, 2),              -- BT-109
    vat DECIMAL(18, 2),              -- BT-110
    gross DECIMAL(18, 2),            -- BT-112
    payable DECIMAL(18, 2),          -- BT-115
    currency VARCHAR NOT NULL,       -- BT-5
    status VARCHAR,                  -- of Chorus Pro: 01 Déposée … 32 Complétée
    paid DATE,
    iban_sha256 VARCHAR              -- BT-84, never kept in clear
);

CREATE TABLE invoice_line (
    invoice VARCHAR NOT NULL,        -- invoice.id
    position INTEGER NOT NULL,       -- from 1
    label VARCHAR,                   -- BT-153
    quantity DECIMAL(18, 6),         -- BT-129
    unit_price DECIMAL(18, 6),       -- BT-146
    net DECIMAL(18, 2),              -- BT-131
    vat_rate DECIMAL(7, 4)           -- BT-152, percent
);

CREATE TABLE vat_line (
    invoice VARCHAR NOT NULL,
    rate DECIMAL(7, 4),              -- BT-119, percent
    category VARCHAR,                -- BT-118
    base DECIMAL(18, 2),             -- BT-116
    amount DECIMAL(18, 2)            -- BT-117
);

CREATE TABLE status_event (
    invoice VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    "at" DATE NOT NULL
);

CREATE TABLE purchase (
    id VARCHAR PRIMARY KEY,
    file VARCHAR NOT NULL,
    contract_id VARCHAR NOT NULL,
    buyer_siret VARCHAR,
    buyer_name VARCHAR,
    subject VARCHAR,
    nature VARCHAR,
    procedure VARCHAR,
    cpv VARCHAR,
    amount DECIMAL(18, 2),           -- of the whole contract, once however many hold it
    months INTEGER,
    notified DATE,
    published DATE,
    place VARCHAR,
    form VARCHAR                     -- of the price
);

CREATE TABLE purchase_holder (
    purchase VARCHAR NOT NULL,       -- purchase.id
    siret VARCHAR,
    name VARCHAR
);

CREATE TABLE purchase_change (
    purchase VARCHAR NOT NULL,
    "at" DATE,
    amount DECIMAL(18, 2),
    months INTEGER,
    subject VARCHAR
);

CREATE TABLE lineage (
    table_name VARCHAR NOT NULL,
    "row" VARCHAR NOT NULL,          -- the id; of a line of an invoice, "id/position"
    column_name VARCHAR NOT NULL,
    file VARCHAR NOT NULL,
    place VARCHAR NOT NULL           -- "p. 2", "ligne 14, colonne Montant HT", an XML path
);

CREATE TABLE finding (
    id VARCHAR PRIMARY KEY,
    rule VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    explained_by VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL
);
