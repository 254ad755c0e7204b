/** Replaces dayjs. sanitize-html uses one function of launder, which imports dayjs for its dates. */
export default (): never => {
  throw new Error(
    "dayjs is not in the functions' bundles: call no date of launder, or remove infra/bundling/stand-ins/dayjs.ts.",
  );
};
