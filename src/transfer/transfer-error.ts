/** An export or a restore is refused. The message is one line with the next step. */
export class TransferError extends Error {
  override readonly name = "TransferError";
}
