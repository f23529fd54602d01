package io.kappa.router.api.function;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.util.regex.Pattern;

/** The account and the region that this router serves. */
public record Home(String region, String account) {
    private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
    private static final Pattern REGION = Pattern.compile("[a-z]{2,4}(-[a-z]+)+-\\d");

    public Home {
        if (!ACCOUNT.matcher(account).matches()) {
            throw new IllegalArgumentException("an account id has 12 digits, and '" + account + "' has not");
        }
        if (!REGION.matcher(region).matches()) {
            throw new IllegalArgumentException("not the name of a region: '" + region + "'");
        }
    }

    /** Says that no policy of another account's resource lets this account do something. */
    public LambdaApiException denied(String action, String resource) {
        return new LambdaApiException(
                ErrorCode.ACCESS_DENIED,
                "User: arn:aws:iam::" + account + ":root is not authorized to perform: " + action + " on resource: "
                        + resource + " because no resource-based policy allows the " + action + " action");
    }

    public FunctionArn function(FunctionName name) {
        return new FunctionArn(region, account, name);
    }
}
