/** The wire: recognition, parsing, validation and rendering, driven by the generated models. */
export type { Answer, Body, WireError } from './answer.ts';
export { commonError, type Condition } from './errors.ts';
export { parseInput, type ParsedInput } from './input.ts';
export {
  loadModels,
  type ErrorModel,
  type Models,
  type Operation,
  type ProtocolName,
  type ServiceModel,
} from './models.ts';
export {
  recognize,
  type Face,
  type Recognition,
  type Recognized,
  type RequestLine,
  type Unrecognized,
} from './recognize.ts';
export { faceOf, renderError, renderOutput } from './render.ts';
export { validateInput, validationError } from './validate.ts';
