package io.kappa.router.registry;

import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.LayerVersionRecord.Statement;
import io.kappa.contracts.registry.PolicyRecord;
import io.kappa.router.policy.PolicyJson;
import java.util.List;
import java.util.regex.Pattern;

/** The policy of a version of a layer in AWS's language, and whom it lets. */
public final class LayerPolicies {
    /** What all that a policy can allow is called. */
    public static final String ACTION = "lambda:GetLayerVersion";

    /** Said where there is no policy. */
    public static final String NONE = "No policy is associated with the given resource.";

    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");

    /** The whole policy of a version that has one. */
    public static String document(LayerVersionRecord version) {
        var policy = version.policy();
        var statements = policy == null ? List.<Statement>of() : policy.statements();
        return PolicyJson.of(
                statements.stream().map(LayerPolicies::inFull).toList(),
                version.version().toString());
    }

    /** One statement of it. */
    public static String document(LayerVersionRecord version, Statement statement) {
        return PolicyJson.of(inFull(statement), version.version().toString());
    }

    private static PolicyRecord.Statement inFull(Statement statement) {
        var conditions = statement.organization() == null
                ? List.<PolicyRecord.Condition>of()
                : List.of(new PolicyRecord.Condition("StringEquals", "aws:PrincipalOrgID", statement.organization()));
        return new PolicyRecord.Statement(statement.id(), root(statement.principal()), ACTION, conditions);
    }

    private static String root(String principal) {
        return ACCOUNT.matcher(principal).matches() ? "arn:aws:iam::" + principal + ":root" : principal;
    }

    /** Whether an account may use the version. Accounts belong to no organization here, so statements about one let nobody. */
    public static boolean let(String account, LayerVersionRecord version) {
        var policy = version.policy();
        return version.version().layer().account().equals(account)
                || (policy != null && policy.statements().stream().anyMatch(statement -> lets(account, statement)));
    }

    private static boolean lets(String account, Statement statement) {
        return statement.organization() == null
                && (statement.principal().equals("*")
                        || root(statement.principal()).endsWith(":iam::" + account + ":root"));
    }

    private LayerPolicies() {}
}
