package io.kappa.contracts.deadletter;

/**
 * Which redrive sent an event, and what to answer to. Prints as {@code REDRIVE/DEAD_LETTER/PARTITION}.
 *
 * @param redrive id of the redrive
 * @param deadLetter id of the dead letter that was sent
 * @param partition of {@code dead-letters.commands} where the redrive's owner reads
 */
public record RedriveReference(String redrive, String deadLetter, int partition) {

    public RedriveReference {
        if (redrive.isEmpty() || deadLetter.isEmpty() || partition < 0 || redrive.contains("/")) {
            throw new IllegalArgumentException("not a reference to a redrive");
        }
    }

    /** @throws IllegalArgumentException where the text is no reference */
    public static RedriveReference parse(String text) {
        int first = text.indexOf('/');
        int last = text.lastIndexOf('/');
        if (first < 0 || last <= first) {
            throw new IllegalArgumentException("not a reference to a redrive: '" + text + "'");
        }
        return new RedriveReference(
                text.substring(0, first), text.substring(first + 1, last), Integer.parseInt(text.substring(last + 1)));
    }

    @Override
    public String toString() {
        return redrive + "/" + deadLetter + "/" + partition;
    }
}
