package io.kappa.router.api.function;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.Version;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A function as a request names it: by name, by account and name or by ARN, each with or without a qualifier. Whether there is such a
 * function is another question; the name may even be longer than a function's can be.
 *
 * @param qualifier null where none was given
 */
public record FunctionIdentifier(
        Home home, String name, @Nullable String qualifier) {
    private static final int LONGEST_NAME = 64;

    // Groups of RequestShapes.ANY_FUNCTION_NAME.
    private static final int REGION = 3;
    private static final int ACCOUNT = 9;
    private static final int NAME = 11;
    private static final int QUALIFIER = 13;

    /**
     * Reads an identifier and the {@code Qualifier} that came beside it.
     *
     * @return null where the text is none by the service model
     * @throws LambdaApiException where it names a function that is not this router's to serve, or two qualifiers
     */
    static @Nullable FunctionIdentifier parse(
            String text, @Nullable String qualifierParameter, Home home, Operation operation) {
        var parts = RequestShapes.ANY_FUNCTION_NAME.matcher(text);
        if (text.length() > RequestShapes.LONGEST_IDENTIFIER || !parts.matches()) {
            return null;
        }
        var qualifier = parts.group(QUALIFIER);
        if (qualifier != null && qualifierParameter != null && !qualifier.equals(qualifierParameter)) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "The derived qualifier from the function name does not match the specified qualifier.");
        }
        var region = withoutColon(parts.group(REGION));
        if (region != null && !region.equals(home.region())) {
            throw new LambdaApiException(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    "Functions from '" + region + "' are not reachable in this region ('" + home.region() + "')");
        }
        var account = withoutColon(parts.group(ACCOUNT));
        if (account != null && !account.equals(home.account())) {
            throw foreign(account, parts.group(NAME), home, operation);
        }
        return new FunctionIdentifier(home, parts.group(NAME), qualifier == null ? qualifierParameter : qualifier);
    }

    private static @Nullable String withoutColon(@Nullable String part) {
        return part == null ? null : part.substring(0, part.length() - 1);
    }

    /** As {@link #parse}, where the text is known to be an identifier: its shape has been checked. */
    public static FunctionIdentifier of(String text, @Nullable String qualifier, Home home, Operation operation) {
        var identifier = parse(text, qualifier, home, operation);
        if (identifier == null) {
            throw new IllegalStateException("passed its pattern and is no identifier");
        }
        return identifier;
    }

    private static LambdaApiException foreign(String account, String name, Home home, Operation operation) {
        var action = "lambda:" + (operation == Operation.INVOKE ? "InvokeFunction" : operation.wireName());
        return home.denied(
                action, new FunctionIdentifier(new Home(home.region(), account), name, null).unqualifiedArn());
    }

    /** Empty where no function can have the name. */
    public Optional<FunctionArn> function() {
        return name.length() > LONGEST_NAME || name.indexOf('.') >= 0
                ? Optional.empty()
                : Optional.of(home.function(new FunctionName(name)));
    }

    /** The qualifier that was given, or {@code $LATEST}. */
    public String effectiveQualifier() {
        return qualifier == null ? "$LATEST" : qualifier;
    }

    /** The version that the qualifier names; {@code $LATEST} without one. Empty where it names an alias. */
    public Optional<Version> version() {
        return qualifier == null ? Optional.of(new Version.Latest()) : Version.named(qualifier);
    }

    /**
     * The function itself, for operations that versions and aliases do not have.
     *
     * @throws LambdaApiException where one of those is named
     */
    public FunctionIdentifier requireUnqualified() {
        if (qualifier != null && !qualifier.equals("$LATEST")) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
                            + "Please specify either a function name or an unqualified function ARN.");
        }
        return new FunctionIdentifier(home, name, null);
    }

    public String unqualifiedArn() {
        return "arn:aws:lambda:" + home.region() + ":" + home.account() + ":function:" + name;
    }

    /** With the qualifier as it was given, if one was. */
    public String arn() {
        return qualifier == null ? unqualifiedArn() : unqualifiedArn() + ":" + qualifier;
    }
}
