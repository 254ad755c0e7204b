import { CommandError } from "../api/api-client.ts";
import { ParameterError, type Parameters, ssmParameters } from "../secrets/parameters.ts";

/** Gives an action access to Parameter Store; what AWS refuses becomes an error of the command. */
export const withParameters = async <T>(action: (parameters: Parameters) => Promise<T>): Promise<T> => {
  try {
    return await action(ssmParameters());
  } catch (error) {
    if (error instanceof ParameterError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
};
