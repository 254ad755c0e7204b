const error = (name, status, code) => (message) => Object.assign(new Error(message), { name, status, code });

/** The errors that Indiekit's documentation names, with their statuses. */
export const IndiekitError = {
  badRequest: error("BadRequestError", 400, "invalid_request"),
  insufficientScope: error("InsufficientScopeError", 403, "insufficient_scope"),
  notFound: error("NotFoundError", 404, "not_found"),
  notImplemented: error("NotImplementedError", 501, "not_implemented"),
};
