import type { Delivery } from "../../../src/domain/delivery.ts";
import type { Variant } from "../crier-process.ts";

/** The row keeps the text that was edited, whatever the worker makes of it. */
const withTexts = (toRead: (delivery: Delivery) => Delivery): Variant => ({
  deliveries: (deliveries) => {
    const texts = new Map<string, Delivery["text"]>();
    const nameOf = ({ post, account, generation, version }: Delivery) => `${post} ${account} ${generation} ${version}`;
    return {
      ...deliveries,
      read: async (ref) => {
        const delivery = await deliveries.read(ref);
        if (delivery?.text === undefined) return delivery;
        texts.set(nameOf(delivery), delivery.text);
        return toRead(delivery);
      },
      save: (delivery) => {
        const text = texts.get(nameOf(delivery));
        const kept = delivery.text && text && { ...delivery.text, ifOvertaken: text.ifOvertaken };
        return deliveries.save({ ...delivery, text: kept ?? delivery.text ?? text });
      },
    };
  },
});

/** A worker sends what the document says, in the place of the text that a person wrote. */
export const textOfDocument = withTexts((delivery) => ({ ...delivery, text: undefined }));

/** An edited text goes out although its document says something else, without asking anybody. */
export const neverOvertaken = withTexts((delivery) =>
  delivery.text === undefined ? delivery : { ...delivery, text: { ...delivery.text, ifOvertaken: "mine" } },
);
