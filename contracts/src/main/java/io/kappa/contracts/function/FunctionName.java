package io.kappa.contracts.function;

import java.util.regex.Pattern;

/** What a user calls a function: 1 to 64 letters, digits, hyphens and underscores, unique in an account and region. */
public record FunctionName(String value) {
    private static final Pattern SYNTAX = Pattern.compile("[a-zA-Z0-9-_]{1,64}");

    public FunctionName {
        if (!SYNTAX.matcher(value).matches()) {
            throw new IllegalArgumentException("not a function name: '" + value + "'");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
