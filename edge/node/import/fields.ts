/** One field of a dataset: what a column of a file can stand for. */
export interface FieldSpec {
  readonly name: string;
  /** A file without a column for it cannot be imported. */
  readonly required?: boolean;
  /** Header names that are taken for it, in lower case and without blanks and signs. */
  readonly aliases: readonly string[];
  readonly description: string;
}

const sku: FieldSpec = {
  name: 'sku',
  required: true,
  aliases: [
    'sku',
    'stockcode',
    'productnumber',
    'partnumber',
    'partno',
    'itemnumber',
    'itemno',
    'articlenumber',
    'articleno',
    'artikelnummer',
    'artnr',
    'productcode',
    'itemcode',
    'materialnumber',
    'productid',
    'item',
  ],
  description: 'Stock keeping unit',
};
const unit: FieldSpec = {
  name: 'unit',
  aliases: ['unit', 'uom', 'unitofmeasure', 'einheit', 'me'],
  description: 'UN/ECE unit code such as EA',
};
const currency: FieldSpec = {
  name: 'currency',
  aliases: ['currency', 'currencycode', 'waehrung', 'währung'],
  description: 'ISO 4217 code',
};
const priceList: FieldSpec = {
  name: 'priceListId',
  aliases: ['pricelist', 'pricelistid', 'preisliste'],
  description: 'Price list',
};
const effectiveFrom: FieldSpec = {
  name: 'effectiveFrom',
  aliases: ['effectivefrom', 'validfrom', 'startdate', 'gueltigab', 'gültigab'],
  description: 'From when the price holds; the time of the import unless given',
};
const tiers: FieldSpec = {
  name: 'tiers',
  aliases: ['tiers', 'quantitybreaks', 'staffelpreise'],
  description: 'Prices from a quantity on, such as 10:4.50;50:4.10',
};
const priceNames = [
  'price',
  'unitprice',
  'listprice',
  'listunitprice',
  'netprice',
  'preis',
  'listenpreis',
  'einzelpreis',
  'medianprice',
];
const price: FieldSpec = { name: 'price', aliases: priceNames, description: 'List price of one unit' };

/** What can be imported, and the fields of each. */
export const datasetFields = {
  products: [
    sku,
    {
      name: 'name',
      required: true,
      aliases: ['name', 'productname', 'title', 'description', 'bezeichnung', 'itemname', 'shortdescription'],
      description: 'Name, at most 300 characters',
    },
    {
      name: 'description',
      aliases: ['longdescription', 'details', 'text', 'langtext', 'description'],
      description: 'Description',
    },
    {
      name: 'category',
      aliases: ['category', 'categories', 'productcategory', 'kategorie', 'warengruppe', 'group', 'productgroup'],
      description: 'Path from the broadest, with / or > between',
    },
    { name: 'brand', aliases: ['brand', 'manufacturer', 'supplier', 'marke', 'hersteller'], description: 'Brand' },
    unit,
    {
      name: 'minimum',
      aliases: ['minimum', 'minquantity', 'minimumquantity', 'minorderqty', 'moq', 'mindestmenge'],
      description: 'Smallest quantity that can be ordered',
    },
    {
      name: 'maximum',
      aliases: ['maximum', 'maxquantity', 'maximumquantity', 'maxorderqty'],
      description: 'Largest quantity that can be ordered',
    },
    {
      name: 'increment',
      aliases: ['increment', 'orderincrement', 'packsize', 'quantitystep', 'verpackungseinheit'],
      description: 'Quantities go in steps of this',
    },
    { name: 'status', aliases: ['status', 'productstatus'], description: 'active, discontinued or blocked' },
    {
      name: 'supersededBy',
      aliases: ['supersededby', 'replacedby', 'successor', 'nachfolger'],
      description: 'SKU of the successor',
    },
    { name: 'gtin', aliases: ['gtin', 'ean', 'upc', 'barcode'], description: 'GTIN, 8 to 14 digits' },
    { name: 'weightGrams', aliases: ['weightgrams', 'weightg'], description: 'Weight in grams' },
    {
      name: 'leadTimeDays',
      aliases: ['leadtimedays', 'leadtime', 'lieferzeittage'],
      description: 'Days until delivery',
    },
    { name: 'imageUrl', aliases: ['imageurl', 'image', 'bild'], description: 'URL of a picture' },
    price,
    { ...currency },
    priceList,
    effectiveFrom,
    tiers,
  ],
  prices: [
    sku,
    { ...price, required: true },
    currency,
    priceList,
    unit,
    effectiveFrom,
    {
      name: 'effectiveTo',
      aliases: ['effectiveto', 'validto', 'enddate', 'gueltigbis', 'gültigbis'],
      description: 'Until when the price holds',
    },
    tiers,
    { name: 'reason', aliases: ['reason', 'grund'], description: 'Why it changed' },
  ],
  stock: [
    sku,
    {
      name: 'quantity',
      required: true,
      aliases: ['quantity', 'onhand', 'qty', 'stock', 'quantityonhand', 'bestand', 'menge', 'count'],
      description: 'Pieces on hand',
    },
    unit,
    {
      name: 'countedAt',
      aliases: ['countedat', 'date', 'asof', 'datum', 'stand'],
      description: 'When it was counted; the time of the import unless given',
    },
  ],
  orders: [
    {
      name: 'order',
      required: true,
      aliases: [
        'order',
        'orderno',
        'ordernumber',
        'orderid',
        'invoiceno',
        'invoice',
        'invoicenumber',
        'salesordernumber',
        'auftrag',
        'auftragsnummer',
        'belegnummer',
        'purchaseorderid',
      ],
      description: 'Order number; rows of one order share it',
    },
    sku,
    {
      name: 'quantity',
      required: true,
      aliases: ['quantity', 'qty', 'orderqty', 'units', 'menge', 'anzahl'],
      description: 'Pieces ordered',
    },
    {
      name: 'date',
      required: true,
      aliases: ['date', 'orderdate', 'invoicedate', 'placedat', 'datum', 'auftragsdatum'],
      description: 'When it was ordered',
    },
    { ...price, required: true },
    {
      name: 'name',
      aliases: ['name', 'productname', 'description', 'bezeichnung'],
      description: "The product's name then; today's unless given",
    },
    unit,
    currency,
    {
      name: 'poNumber',
      aliases: ['ponumber', 'purchaseorder', 'customerorder', 'bestellnummer'],
      description: "The dealer's own number",
    },
    { name: 'note', aliases: ['note', 'remark', 'bemerkung'], description: 'Note' },
  ],
} as const satisfies Record<string, readonly FieldSpec[]>;

export type DatasetName = keyof typeof datasetFields;

export const datasetNames = Object.keys(datasetFields) as DatasetName[];
