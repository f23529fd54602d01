package io.kappa.deadletters.index;

/**
 * How far a redrive has come. Each letter that it met is in one place:
 *
 * <pre>
 *   matched = pending + sent + skipped + failed + wouldSend
 *   sent    = outstanding + succeeded + failedAgain + returned
 * </pre>
 *
 * @param skipped for a reason that its result row tells
 * @param failed could not be sent, for a reason that its result row tells
 * @param returned sent, and taken out of the queue unrun: the letter is open again
 * @param wouldSend counted by a dry run
 */
public record Progress(
        long matched,
        long sent,
        long skipped,
        long failed,
        long succeeded,
        long failedAgain,
        long returned,
        long wouldSend) {
    static final Progress NONE = new Progress(0, 0, 0, 0, 0, 0, 0, 0);

    /** Sent, and not heard of again yet. */
    public long outstanding() {
        return sent - succeeded - failedAgain - returned;
    }

    /** Matched, and not looked at yet; where the redrive was cancelled, never. */
    public long pending() {
        return matched - sent - skipped - failed - wouldSend;
    }

    Progress matchedMore(int letters) {
        return new Progress(matched + letters, sent, skipped, failed, succeeded, failedAgain, returned, wouldSend);
    }

    /** One letter more whose result is this. */
    Progress with(ResultRow.Result result) {
        return switch (result) {
            case SENT -> new Progress(matched, sent + 1, skipped, failed, succeeded, failedAgain, returned, wouldSend);
            case SKIPPED ->
                new Progress(matched, sent, skipped + 1, failed, succeeded, failedAgain, returned, wouldSend);
            case FAILED ->
                new Progress(matched, sent, skipped, failed + 1, succeeded, failedAgain, returned, wouldSend);
            case SUCCEEDED ->
                new Progress(matched, sent, skipped, failed, succeeded + 1, failedAgain, returned, wouldSend);
            case FAILED_AGAIN ->
                new Progress(matched, sent, skipped, failed, succeeded, failedAgain + 1, returned, wouldSend);
            case RETURNED ->
                new Progress(matched, sent, skipped, failed, succeeded, failedAgain, returned + 1, wouldSend);
            case WOULD_SEND ->
                new Progress(matched, sent, skipped, failed, succeeded, failedAgain, returned, wouldSend + 1);
        };
    }

    Progress plus(Progress other) {
        return new Progress(
                matched + other.matched,
                sent + other.sent,
                skipped + other.skipped,
                failed + other.failed,
                succeeded + other.succeeded,
                failedAgain + other.failedAgain,
                returned + other.returned,
                wouldSend + other.wouldSend);
    }
}
