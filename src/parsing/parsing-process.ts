import { answerRequest } from "./answer-request.ts";
import { serveRequests } from "./serve-requests.ts";

serveRequests(answerRequest);
