/** Outputs and errors to what the client reads. */
import type { Answer, WireError } from './answer.ts';
import type { Operation } from './models.ts';
import { protocols } from './protocols.ts';
import type { Face } from './recognize.ts';

/** Renders what a handler returned. Members that the model does not know are left out. */
export const renderOutput = (operation: Operation, output: object, requestId: string): Answer =>
  protocols[operation.service.protocol].renderOutput(operation, output, requestId);

/** Renders an error in the words of a service, or of a protocol when no service was recognized. */
export const renderError = (face: Face, error: WireError, requestId: string): Answer =>
  protocols[face.protocol].renderError(face, error, requestId);

/** The face of an operation, for `renderError`. */
export const faceOf = (operation: Operation): Face => ({
  protocol: operation.service.protocol,
  service: operation.service,
});
