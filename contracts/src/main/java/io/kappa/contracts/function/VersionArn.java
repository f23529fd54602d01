package io.kappa.contracts.function;

/** One version of one function, which is what an execution environment serves. Prints as the qualified ARN; key of its record. */
public record VersionArn(FunctionArn function, Version version) {

    /** @throws IllegalArgumentException where the text is not a function ARN qualified by a version */
    public static VersionArn parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("not a qualified function ARN: '" + text + "'");
        }
        return new VersionArn(FunctionArn.parse(text.substring(0, colon)), Version.parse(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return function.qualified(version.toString());
    }
}
