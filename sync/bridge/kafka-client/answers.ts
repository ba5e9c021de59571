import type { fetchV13, joinGroupV9, metadataV12, produceV11 } from '@platformatic/kafka';

/** The forms of requests and answers; the client declares them and does not export them by name. */

export type MetadataAnswer = ReturnType<typeof metadataV12.parseResponse>;
export type ProduceAnswer = ReturnType<typeof produceV11.parseResponse>;
export type JoinGroupAnswer = ReturnType<typeof joinGroupV9.parseResponse>;
export type FetchAnswer = ReturnType<typeof fetchV13.parseResponse>;
export type FetchedPartition = FetchAnswer['responses'][number]['partitions'][number];
export type FetchedBatch = NonNullable<FetchedPartition['records']>[number];
export type FetchTopic = Parameters<typeof fetchV13.createRequest>[6][number];
