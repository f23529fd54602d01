package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What is written to {@code registry.replies}, under the command's id.
 *
 * @param sequence number of the account's last record when the command had been dealt with: a view that has come so far shows what the
 *     verdict rests on (see docs/decisions/0002-sequence-instead-of-offset.md)
 */
record ReplyRecord(
        @JsonProperty("v") int formatVersion, String commandId, String account, long sequence, Verdict verdict) {
    ReplyRecord(String commandId, String account, long sequence, Verdict verdict) {
        this(1, commandId, account, sequence, verdict);
    }
}
