package io.kappa.deadletters.index;

import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.deadletters.payload.Payload;

/** One step that follows from an input or from time passing. {@link IndexState#apply} alone changes the state, by these. */
sealed interface Change {

    /** A dead letter is in the index from now on. */
    record Received(Letter letter) implements Change {}

    /** A dead letter has another status, and the ledger a line about it. */
    record Moved(Letter letter, LedgerLine line) implements Change {}

    /** A dead letter is no longer in the index, and the ledger has a line about it. */
    record Left(Letter letter, LedgerLine line) implements Change {}

    /** A redrive has matched the letter at a position, and will look at it in its turn. */
    record Matched(String redrive, String position) implements Change {}

    /** A redrive has looked at the letter at a position. */
    record Handled(String redrive, String position, ResultRow row) implements Change {}

    /** What came of a letter that a redrive had sent. */
    record Ended(String redrive, ResultRow row) implements Change {}

    /** A redrive has come as far as this. */
    record Progressed(Redrive redrive) implements Change {}

    /** A deletion has come as far as this. */
    record Deleting(Deletion deletion) implements Change {}

    /** An event for the queue. Changes nothing here; in the same transaction as what does. */
    record Forwarded(RequestId requestId, QueuedEvent event, Payload payload) implements Change {}

    /** What a redrive or deletion that is over left behind. */
    record Erased(String key) implements Change {}
}
