package io.kappa.asyncqueue.event;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/** A shard's account: every record that it has read from the topics of events, and every line that it has written to the ledger. */
public record Account(@JsonProperty("v") int formatVersion, long accepted, long ended) {

    public Account oneAccepted() {
        return new Account(formatVersion, accepted + 1, ended);
    }

    public Account oneEnded() {
        return new Account(formatVersion, accepted, ended + 1);
    }

    /** How many there must be waiting. */
    @JsonIgnore
    public long pending() {
        return accepted - ended;
    }
}
