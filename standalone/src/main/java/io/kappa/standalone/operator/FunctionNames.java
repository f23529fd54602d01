package io.kappa.standalone.operator;

import io.kappa.contracts.invocation.InvocationTarget;

/** Functions as people name them: by name alone where region and account are these, and by ARN otherwise. */
record FunctionNames(String region, String account) {

    /**
     * @param text an ARN or a name, either with or without a qualifier
     * @throws IllegalArgumentException where it is neither
     */
    InvocationTarget target(String text) {
        return InvocationTarget.parse(text.startsWith("arn:") ? text : prefix() + text);
    }

    /** An ARN as short as it is clear; anything else as it is. */
    String shown(String arn) {
        return arn.startsWith(prefix()) ? arn.substring(prefix().length()) : arn;
    }

    private String prefix() {
        return "arn:aws:lambda:" + region + ":" + account + ":function:";
    }
}
