import { CommandError } from "../api/api-client.ts";
import { withParameters } from "./open-parameters.ts";

interface MintedOptions {
  readonly parameter: string;
  /** Replaces the one that is there. */
  readonly rotate: boolean;
  readonly create: () => string;
}

interface Minted {
  readonly value: string;
  readonly result: "made" | "rotated" | "read";
  readonly region: string;
}

/** A secret of a deployment that nobody needs to choose: created on first use, and read afterwards. */
export const mintedSecret = ({ parameter, rotate, create }: MintedOptions): Promise<Minted> =>
  withParameters(async (parameters) => {
    const minted = async (value: string, result: Minted["result"]): Promise<Minted> => ({
      value,
      result,
      region: await parameters.region(),
    });
    const fresh = create();
    if (rotate) {
      await parameters.put(parameter, fresh);
      return minted(fresh, "rotated");
    }
    const present = await parameters.read(parameter);
    if (present !== undefined) return minted(present, "read");
    if (await parameters.create(parameter, fresh)) return minted(fresh, "made");
    // Another process created one at the same moment: that one is used.
    const other = await parameters.read(parameter);
    if (other === undefined)
      throw new CommandError(`${parameter} was created and deleted at the same moment: try again`);
    return minted(other, "read");
  });
