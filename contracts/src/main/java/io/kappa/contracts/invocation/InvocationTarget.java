package io.kappa.contracts.invocation;

import io.kappa.contracts.function.FunctionArn;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an invocation names: a function, and the qualifier exactly as it was given. An alias is resolved anew for each attempt, so it is kept
 * as an alias. Prints as the ARN, with the qualifier only if one was given; this is what the function sees itself invoked as.
 *
 * @param qualifier a version number, an alias or {@code $LATEST}; null where none was given
 */
public record InvocationTarget(
        FunctionArn function, @Nullable String qualifier) {
    private static final String LATEST = "$LATEST";
    private static final Pattern QUALIFIER = Pattern.compile("\\$LATEST|[a-zA-Z0-9-_]{1,128}");
    private static final int PARTS_OF_A_FUNCTION = 7;

    public InvocationTarget {
        if (qualifier != null && !QUALIFIER.matcher(qualifier).matches()) {
            throw new IllegalArgumentException("not a qualifier: '" + qualifier + "'");
        }
    }

    /** @throws IllegalArgumentException where the text is not the ARN of a function, with or without a qualifier */
    public static InvocationTarget parse(String arn) {
        int colon = arn.lastIndexOf(':');
        return arn.chars().filter(letter -> letter == ':').count() < PARTS_OF_A_FUNCTION
                ? new InvocationTarget(FunctionArn.parse(arn), null)
                : new InvocationTarget(FunctionArn.parse(arn.substring(0, colon)), arn.substring(colon + 1));
    }

    /** The qualifier under which settings of the target are found. */
    public String effectiveQualifier() {
        return qualifier == null ? LATEST : qualifier;
    }

    /** The ARN with a qualifier in any case, as destination records show it. */
    public String qualifiedArn() {
        return function.qualified(effectiveQualifier());
    }

    @Override
    public String toString() {
        return qualifier == null ? function.toString() : function.qualified(qualifier);
    }
}
