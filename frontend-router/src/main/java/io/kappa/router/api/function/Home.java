package io.kappa.router.api.function;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;

/** The account and the region that this router serves. */
public record Home(String region, String account) {

    public FunctionArn function(FunctionName name) {
        return new FunctionArn(region, account, name);
    }
}
