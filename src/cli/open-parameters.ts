import { CommandError } from "../api/api-client.ts";
import { ParameterError, type Parameters, ssmParameters } from "../secrets/parameters.ts";

/** Runs something with Parameter Store; what AWS refuses becomes an error of the command. */
export const withParameters = async <T>(act: (parameters: Parameters) => Promise<T>): Promise<T> => {
  try {
    return await act(ssmParameters());
  } catch (error) {
    if (error instanceof ParameterError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
};
