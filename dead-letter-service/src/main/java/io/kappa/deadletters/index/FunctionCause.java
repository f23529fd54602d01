package io.kappa.deadletters.index;

/** What dead letters are counted by. */
public record FunctionCause(String function, String cause) implements Comparable<FunctionCause> {
    @Override
    public int compareTo(FunctionCause other) {
        int byFunction = function.compareTo(other.function);
        return byFunction != 0 ? byFunction : cause.compareTo(other.cause);
    }
}
