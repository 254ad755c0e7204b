/**
 * The functions and constants that CloudFront's JavaScript runtime documents ("JavaScript runtime 1.0 features for
 * CloudFront Functions", without its non-standard methods; "… 2.0 features …" has all of these). njs has more, and
 * another version of it has others: what is not in a list here may be missing at the edge.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
const documented = {
  Object:
    "create defineProperties defineProperty freeze getOwnPropertyDescriptor getOwnPropertyNames getPrototypeOf isExtensible isFrozen isSealed keys preventExtensions seal assign is entries values",
  "Object.prototype": "hasOwnProperty isPrototypeOf propertyIsEnumerable toString valueOf",
  String: "fromCharCode fromCodePoint",
  "String.prototype":
    "charAt concat indexOf lastIndexOf match replace search slice split substr substring toLowerCase trim toUpperCase codePointAt endsWith includes repeat startsWith padStart padEnd trimStart trimEnd toString valueOf",
  Number:
    "isFinite isInteger isNaN isSafeInteger parseFloat parseInt EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY",
  "Number.prototype": "toExponential toFixed toPrecision toString valueOf",
  Math: "abs acos asin atan atan2 ceil cos exp floor log max min pow random round sin sqrt tan acosh asinh atanh cbrt clz32 cosh expm1 fround hypot imul log10 log1p log2 sign sinh tanh trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2",
  "Function.prototype": "apply bind call toString",
  "RegExp.prototype": "exec test toString source global ignoreCase multiline",
  JSON: "parse stringify",
  Array: "isArray of",
  "Array.prototype":
    "concat every filter forEach indexOf join lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice unshift copyWithin fill find findIndex includes toString",
} as const;

const globals =
  "globalThis console Object String Number Math Date Function RegExp JSON Array Boolean Error EvalError InternalError MemoryError RangeError ReferenceError SyntaxError TypeError URIError ArrayBuffer Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array Promise decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt NaN Infinity undefined";

/**
 * The text of a statement that removes from the engine what the runtime does not document. The engine keeps what its own
 * methods call: only code that names a removed one fails.
 */
export const onlyDocumented = `(function (keep, names) {
  function trim(owner, kept) {
    Object.getOwnPropertyNames(owner).forEach(function (name) {
      if (["length", "name", "prototype", "constructor"].concat(kept).indexOf(name) !== -1) return;
      try { delete owner[name]; } catch (e) { return; }
    });
  }
  var owners = Object.keys(keep).map(function (path) {
    return [path.split(".").reduce(function (at, part) { return at[part]; }, globalThis), keep[path].split(" ")];
  });
  trim(globalThis, names.split(" "));
  // The methods that this function itself calls go last.
  var last = owners.filter(function (one) { return one[0] !== Object; });
  last.forEach(function (one) { trim(one[0], one[1]); });
  trim(Object, keep.Object.split(" "));
})(${JSON.stringify(documented)}, ${JSON.stringify(globals)});`;
