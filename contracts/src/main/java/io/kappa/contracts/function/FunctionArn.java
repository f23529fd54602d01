package io.kappa.contracts.function;

import java.util.regex.Pattern;

/** Where a function lives: region, account and name, without a qualifier. Prints as the unqualified ARN. */
public record FunctionArn(String region, String account, FunctionName name) {
    private static final Pattern SYNTAX = Pattern.compile("arn:aws:lambda:([^:]+):(\\d{12}):function:([^:]+)");

    /** @throws IllegalArgumentException where the text is not an unqualified function ARN */
    public static FunctionArn parse(String text) {
        var matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a function ARN: '" + text + "'");
        }
        return new FunctionArn(matcher.group(1), matcher.group(2), new FunctionName(matcher.group(3)));
    }

    public String qualified(String qualifier) {
        return this + ":" + qualifier;
    }

    @Override
    public String toString() {
        return "arn:aws:lambda:" + region + ":" + account + ":function:" + name;
    }
}
