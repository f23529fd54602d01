package io.kappa.router.api.function;

import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;

/**
 * Options of Lambda that Kappa has not built. Asking for one is refused by name: a function that runs without what its owner asked for is
 * worse than one that was never made. Forms that mean "none" pass.
 */
public final class UnsupportedOptions {

    static void refuseInConfiguration(Input input) {
        var vpc = input.structure("VpcConfig");
        if (vpc != null && (vpc.holdsAnything("SubnetIds") || vpc.holdsAnything("SecurityGroupIds"))) {
            throw unsupported("VpcConfig");
        }
        refuseIfHeld(input, "FileSystemConfigs");
        refuseIfHeld(input, "CapacityProviderConfig");
        refuseIfHeld(input, "DurableConfig");
        refuseIfHeld(input, "TenancyConfig");
        refuseIfHeld(input, "PublishTo");
    }

    /** @param code the structure that names where code comes from */
    static void refuseInCode(Input code) {
        refuseIfHeld(code, "SourceKMSKeyArn");
        refuseIfHeld(code, "PublishTo");
    }

    public static void refuseIfHeld(Input input, String option) {
        if (input.holdsAnything(option)) {
            throw unsupported(option);
        }
    }

    public static LambdaApiException unsupported(String option) {
        return new LambdaApiException(
                ErrorCode.INVALID_PARAMETER_VALUE, "The option " + option + " is not supported by Kappa yet.");
    }

    private UnsupportedOptions() {}
}
