package io.kappa.deadletters.index;

/** How many dead letters there are of each status. */
public record Counts(long open, long redriving, long resolved, long failedAgain) {
    public static final Counts NONE = new Counts(0, 0, 0, 0);

    public long total() {
        return open + redriving + resolved + failedAgain;
    }

    public Counts plus(Counts other) {
        return new Counts(
                open + other.open,
                redriving + other.redriving,
                resolved + other.resolved,
                failedAgain + other.failedAgain);
    }

    Counts plus(LetterStatus status, int more) {
        return switch (status) {
            case OPEN -> new Counts(open + more, redriving, resolved, failedAgain);
            case REDRIVING -> new Counts(open, redriving + more, resolved, failedAgain);
            case RESOLVED -> new Counts(open, redriving, resolved + more, failedAgain);
            case FAILED_AGAIN -> new Counts(open, redriving, resolved, failedAgain + more);
        };
    }
}
