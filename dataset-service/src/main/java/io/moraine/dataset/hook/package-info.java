/**
 * Webhooks: every push to a git repository becomes an import, and so a version. A hook belongs to a
 * dataset and says what is imported; its secret, shown once, is derived from its id and stored
 * nowhere. A delivery proves by it that it is the repository's; the same one again makes no second
 * import.
 */
package io.moraine.dataset.hook;
