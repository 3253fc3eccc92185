namespace Serving.Features.Binding.Tree;

/// <summary>The five operations of arithmetic.</summary>
internal enum ArithmeticOperator
{
    Add,
    Subtract,
    Multiply,

    /// <summary>Always of floats; missing where the divisor is 0 (R10).</summary>
    Divide,

    /// <summary>With the sign of the dividend; missing where the divisor is 0 (R12).</summary>
    Remainder,
}
