package io.kappa.router.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.PolicyRecord;
import io.kappa.router.policy.Authorization.Request;
import io.kappa.router.policy.Authorization.Verdict;
import io.kappa.router.policy.Policy.Effect;
import io.kappa.router.policy.Policy.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizationTest {
    private static final String INVOKE = "lambda:InvokeFunction";
    private static final String HOME = "111111111111";
    private static final String ELSEWHERE = "222222222222";
    private static final FunctionArn FUNCTION = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:f");
    private static final Caller S3 = new Caller.Service("s3.amazonaws.com");
    private static final Caller ANYONE = new Caller.Anonymous();
    private static final Caller USER = user(HOME);
    private static final Caller STRANGER = user(ELSEWHERE);
    private static final Verdict ALLOWED = new Verdict.Allowed();
    private static final Verdict NO_IDENTITY_POLICY =
            new Verdict.Denied("because no identity-based policy allows the lambda:InvokeFunction action");
    private static final Verdict NO_RESOURCE_POLICY =
            new Verdict.Denied("because no resource-based policy allows the lambda:InvokeFunction action");

    private static Caller user(String account) {
        return new Caller.Identity(account, "arn:aws:iam::" + account + ":user/u");
    }

    private static Policy identity(Effect effect, String action, String resource) {
        return new Policy(List.of(new Statement(effect, List.of(), List.of(action), List.of(resource), List.of())));
    }

    private static Policy granted(String principal, PolicyRecord.Condition... conditions) {
        return Policy.of(new PolicyRecord(
                FUNCTION, null, List.of(new PolicyRecord.Statement("s", principal, INVOKE, List.of(conditions)))));
    }

    private static Verdict invoked(Caller caller, Policy own, Policy attached) {
        return asked(caller, FUNCTION.toString(), own, attached, Map.of());
    }

    private static Verdict asked(
            Caller caller, String resource, Policy own, Policy attached, Map<String, String> context) {
        return Authorization.decide(new Request(caller, INVOKE, resource, context), List.of(own), attached);
    }

    /** The table of resources: the exact form of the request counts. */
    @ParameterizedTest
    @CsvSource({
        "function:f, true, false, false, false",
        "function:f:1, false, true, false, false",
        "function:f:*, false, true, true, false",
        "function:f*, true, true, true, true",
        "function:f:$LATEST, false, false, false, false",
    })
    void resourcesAreComparedInTheFormOfTheRequest(
            String resource, boolean unqualified, boolean version, boolean alias, boolean longerName) {
        var prefix = "arn:aws:lambda:us-east-1:111111111111:";
        var own = identity(Effect.ALLOW, INVOKE, prefix + resource);

        assertThat(asked(USER, FUNCTION.toString(), own, Policy.EMPTY, Map.of()).equals(ALLOWED))
                .isEqualTo(unqualified);
        assertThat(asked(USER, FUNCTION.qualified("1"), own, Policy.EMPTY, Map.of())
                        .equals(ALLOWED))
                .isEqualTo(version);
        assertThat(asked(USER, FUNCTION.qualified("live"), own, Policy.EMPTY, Map.of())
                        .equals(ALLOWED))
                .isEqualTo(alias);
        assertThat(asked(USER, FUNCTION + "2", own, Policy.EMPTY, Map.of()).equals(ALLOWED))
                .isEqualTo(longerName);
    }

    @ParameterizedTest
    @CsvSource({"lambda:InvokeFunction", "lambda:invokefunction", "lambda:Invoke*", "lambda:*", "*"})
    void actionsMatchWithWildcardsAndInAnyCase(String action) {
        assertThat(invoked(USER, identity(Effect.ALLOW, action, "*"), Policy.EMPTY))
                .isEqualTo(ALLOWED);
    }

    @Test
    void anotherActionIsNotAllowed() {
        assertThat(invoked(USER, identity(Effect.ALLOW, "lambda:GetFunction", "*"), Policy.EMPTY))
                .isEqualTo(NO_IDENTITY_POLICY);
    }

    @Test
    void withinAnAccountEitherSideMayAllow() {
        var own = identity(Effect.ALLOW, INVOKE, "*");

        assertThat(invoked(USER, own, Policy.EMPTY)).isEqualTo(ALLOWED);
        assertThat(invoked(USER, Policy.EMPTY, granted("arn:aws:iam::111111111111:user/u")))
                .isEqualTo(ALLOWED);
        assertThat(invoked(USER, Policy.EMPTY, granted("*"))).isEqualTo(ALLOWED);
        assertThat(invoked(USER, Policy.EMPTY, Policy.EMPTY)).isEqualTo(NO_IDENTITY_POLICY);
    }

    @Test
    void aGrantToTheAccountLeavesItToTheAccountsOwnPolicies() {
        var toTheAccount = granted("arn:aws:iam::111111111111:root");

        assertThat(invoked(USER, Policy.EMPTY, toTheAccount)).isEqualTo(NO_IDENTITY_POLICY);
        assertThat(invoked(USER, identity(Effect.ALLOW, INVOKE, "*"), toTheAccount))
                .isEqualTo(ALLOWED);
        assertThat(invoked(new Caller.Identity(HOME, "arn:aws:iam::111111111111:root"), Policy.EMPTY, toTheAccount))
                .isEqualTo(ALLOWED);
    }

    @Test
    void betweenAccountsBothSidesMustAllow() {
        var own = identity(Effect.ALLOW, INVOKE, "*");
        var toTheAccount = granted("arn:aws:iam::222222222222:root");

        assertThat(invoked(STRANGER, own, toTheAccount)).isEqualTo(ALLOWED);
        assertThat(invoked(STRANGER, own, granted("arn:aws:iam::222222222222:user/u")))
                .isEqualTo(ALLOWED);
        assertThat(invoked(STRANGER, own, granted("*"))).isEqualTo(ALLOWED);
        assertThat(invoked(STRANGER, Policy.EMPTY, toTheAccount)).isEqualTo(NO_IDENTITY_POLICY);
        assertThat(invoked(STRANGER, own, Policy.EMPTY)).isEqualTo(NO_RESOURCE_POLICY);
        assertThat(invoked(STRANGER, own, granted("arn:aws:iam::333333333333:root")))
                .isEqualTo(NO_RESOURCE_POLICY);
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:iam::111111111111:role/r, true",
        "arn:aws:iam::111111111111:role/path/r, true",
        "arn:aws:iam::111111111111:role/q, false",
        "arn:aws:iam::222222222222:role/r, false",
        "arn:aws:sts::111111111111:assumed-role/r/session, true",
        "arn:aws:sts::111111111111:assumed-role/r/another, false",
    })
    void aRoleStandsForItsSessions(String principal, boolean allowed) {
        var session = new Caller.Identity(HOME, "arn:aws:sts::111111111111:assumed-role/r/session");

        assertThat(invoked(session, Policy.EMPTY, granted(principal)).equals(ALLOWED))
                .isEqualTo(allowed);
    }

    @Test
    void aServiceNeedsAGrantOfItsOwn() {
        assertThat(invoked(S3, Policy.EMPTY, granted("s3.amazonaws.com"))).isEqualTo(ALLOWED);
        assertThat(invoked(S3, Policy.EMPTY, granted("*"))).isEqualTo(ALLOWED);
        assertThat(invoked(S3, Policy.EMPTY, granted("sns.amazonaws.com"))).isEqualTo(NO_RESOURCE_POLICY);
        assertThat(invoked(S3, Policy.EMPTY, granted("arn:aws:iam::111111111111:root")))
                .isEqualTo(NO_RESOURCE_POLICY);
        assertThat(invoked(USER, Policy.EMPTY, granted("s3.amazonaws.com"))).isEqualTo(NO_IDENTITY_POLICY);
    }

    @Test
    void theAnonymousAreEverybodyAndNobodyElse() {
        assertThat(invoked(ANYONE, Policy.EMPTY, granted("*"))).isEqualTo(ALLOWED);
        assertThat(invoked(ANYONE, Policy.EMPTY, granted("arn:aws:iam::111111111111:root")))
                .isEqualTo(NO_RESOURCE_POLICY);
        assertThat(invoked(ANYONE, Policy.EMPTY, Policy.EMPTY)).isEqualTo(NO_RESOURCE_POLICY);
    }

    @Test
    void whatIsDeniedAnywhereIsDenied() {
        var own = identity(Effect.ALLOW, INVOKE, "*");
        var denied = new Policy(List.of(new Statement(
                Effect.DENY,
                List.of(new Principal.Aws("arn:aws:iam::111111111111:root")),
                List.of("*"),
                List.of("*"),
                List.of())));

        assertThat(invoked(USER, identity(Effect.DENY, "lambda:*", FUNCTION.toString()), granted("*")))
                .isEqualTo(new Verdict.Denied("with an explicit deny in an identity-based policy"));
        assertThat(invoked(USER, own, denied))
                .isEqualTo(new Verdict.Denied("with an explicit deny in a resource-based policy"));
        assertThat(invoked(USER, own, granted("*"))).isEqualTo(ALLOWED);
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:s3:::a, true",
        "arn:aws:s3:::b, false",
    })
    void aServiceCallsForTheSourceThatIsGranted(String source, boolean allowed) {
        var toTheBucket =
                granted("s3.amazonaws.com", new PolicyRecord.Condition("ArnLike", "AWS:SourceArn", "arn:aws:s3:::a"));

        assertThat(asked(S3, FUNCTION.toString(), Policy.EMPTY, toTheBucket, Map.of("aws:SourceArn", source))
                        .equals(ALLOWED))
                .isEqualTo(allowed);
        assertThat(invoked(S3, Policy.EMPTY, toTheBucket)).isEqualTo(NO_RESOURCE_POLICY);
    }

    @Test
    void allConditionsMustHold() {
        var both = granted(
                "s3.amazonaws.com",
                new PolicyRecord.Condition("StringEquals", "AWS:SourceAccount", HOME),
                new PolicyRecord.Condition("ArnLike", "AWS:SourceArn", "arn:aws:s3:::*"));
        var source = "arn:aws:s3:::a";

        assertThat(asked(
                        S3,
                        FUNCTION.toString(),
                        Policy.EMPTY,
                        both,
                        Map.of("aws:SourceArn", source, "aws:SourceAccount", HOME)))
                .isEqualTo(ALLOWED);
        assertThat(asked(
                        S3,
                        FUNCTION.toString(),
                        Policy.EMPTY,
                        both,
                        Map.of("aws:SourceArn", source, "aws:SourceAccount", ELSEWHERE)))
                .isEqualTo(NO_RESOURCE_POLICY);
    }

    @Test
    void aPermissionOfAnAliasSaysNothingOfTheFunction() {
        var ofTheAlias = Policy.of(new PolicyRecord(
                FUNCTION, "live", List.of(new PolicyRecord.Statement("s", "s3.amazonaws.com", INVOKE, List.of()))));

        assertThat(asked(S3, FUNCTION.qualified("live"), Policy.EMPTY, ofTheAlias, Map.of()))
                .isEqualTo(ALLOWED);
        assertThat(asked(S3, FUNCTION.toString(), Policy.EMPTY, ofTheAlias, Map.of()))
                .isEqualTo(NO_RESOURCE_POLICY);
    }

    @Test
    void anOrganizationOrAnAuthTypeThatIsNotAsGrantedIsDenied() {
        var toTheOrganization =
                granted("*", new PolicyRecord.Condition("StringEquals", "aws:PrincipalOrgID", "o-aaaaaaaaaa"));
        var toOpenUrls = granted("*", new PolicyRecord.Condition("StringEquals", "lambda:FunctionUrlAuthType", "NONE"));

        assertThat(asked(
                        STRANGER,
                        FUNCTION.toString(),
                        identity(Effect.ALLOW, INVOKE, "*"),
                        toTheOrganization,
                        Map.of("aws:PrincipalOrgID", "o-bbbbbbbbbb")))
                .isEqualTo(NO_RESOURCE_POLICY);
        assertThat(asked(
                        ANYONE,
                        FUNCTION.toString(),
                        Policy.EMPTY,
                        toOpenUrls,
                        Map.of("lambda:FunctionUrlAuthType", "AWS_IAM")))
                .isEqualTo(NO_RESOURCE_POLICY);
        assertThat(asked(
                        ANYONE,
                        FUNCTION.toString(),
                        Policy.EMPTY,
                        toOpenUrls,
                        Map.of("LAMBDA:functionurlauthtype", "NONE")))
                .isEqualTo(ALLOWED);
    }
}
