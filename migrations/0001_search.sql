-- Keyword search over products. The rowid is products.number; the products projection keeps it in step.
CREATE VIRTUAL TABLE products_fts USING fts5(
  sku, name, description, category,
  tokenize = 'unicode61 remove_diacritics 2',
  prefix = '2 3'
);
