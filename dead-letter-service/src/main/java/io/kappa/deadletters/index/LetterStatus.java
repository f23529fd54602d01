package io.kappa.deadletters.index;

/** Where a dead letter stands. Deleted and expired ones stand nowhere: they have left the index. */
public enum LetterStatus {
    /** It waits for somebody to do something about it. */
    OPEN,
    /** A redrive has sent it; how that ended is awaited. */
    REDRIVING,
    /** It was sent again, and that succeeded. */
    RESOLVED,
    /** It was sent again, and that failed for good: a new dead letter tells how. */
    FAILED_AGAIN
}
