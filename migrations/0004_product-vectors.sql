CREATE TABLE `product_vectors` (
	`model_sha256` text NOT NULL,
	`sku` text NOT NULL,
	`position` integer NOT NULL,
	`vector` blob NOT NULL,
	PRIMARY KEY(`model_sha256`, `sku`)
);
