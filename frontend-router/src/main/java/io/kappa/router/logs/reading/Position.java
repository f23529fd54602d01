package io.kappa.router.logs.reading;

/**
 * A place between two lines of a partition.
 *
 * @param line of the record at that offset, counted from 0
 */
public record Position(long offset, int line) implements Comparable<Position> {

    public static Position before(long offset) {
        return new Position(offset, 0);
    }

    @Override
    public int compareTo(Position other) {
        return offset == other.offset ? Integer.compare(line, other.line) : Long.compare(offset, other.offset);
    }
}
