/** `@user@server` is shown, and counted, as `@user` (docs.joinmastodon.org, user/posting). */
export const localMentions = (text: string): string => text.replaceAll(/(@\w+(?:[.-]\w+)*)@[\w.-]*\w/gu, "$1");
