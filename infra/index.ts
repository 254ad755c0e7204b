export { crierApp } from "./crier-app.ts";
export { Crier, type CrierProps } from "./crier-construct.ts";
export { CrierStack } from "./stack.ts";
