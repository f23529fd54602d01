package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who else may use a function, a version or an alias: its resource-based policy, which has one statement at least. Its revision is that of
 * what it is attached to.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicyRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        @Nullable String qualifier,
        List<Statement> statements)
        implements SettingRecord {
    static final String KIND = "policy";

    /**
     * Allows something, where all conditions hold.
     *
     * @param principal {@code *}, the name of a service such as {@code s3.amazonaws.com}, or an ARN of IAM or STS; an account is the ARN of
     *     its root
     */
    public record Statement(String sid, String principal, String action, List<Condition> conditions) {
        public Statement {
            conditions = List.copyOf(conditions);
        }
    }

    /** @param operator as IAM names it, such as {@code StringEquals} */
    public record Condition(String operator, String key, String value) {}

    public PolicyRecord {
        statements = List.copyOf(statements);
    }

    public PolicyRecord(FunctionArn function, @Nullable String qualifier, List<Statement> statements) {
        this(1, function, qualifier, statements);
    }

    public static String key(FunctionArn function, @Nullable String qualifier) {
        return SettingRecord.key(function, qualifier, KIND);
    }

    @Override
    public String key() {
        return key(function, qualifier);
    }

    /** The ARN of what the policy is attached to, as a request must name it. */
    public String resource() {
        return qualifier == null ? function.toString() : function.qualified(qualifier);
    }
}
