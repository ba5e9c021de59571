/** Sentence encoders on onnxruntime-web: the project's own, and others of the form that transformers.js takes. */
export { createEncoder, type Encoder, type EncoderFiles } from './encoder.ts';
export { createSentenceEncoder, type SentenceEncoderFiles } from './sentence-encoder.ts';
