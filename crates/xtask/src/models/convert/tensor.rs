//! Constants of a graph: decoded from the weights file and rearranged for ONNX.

use super::ConvertError;

/// A constant as TensorFlow holds it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tensor {
    /// Sizes, outermost first; empty for a single value.
    pub(super) shape: Vec<usize>,
    /// Row-major values.
    pub(super) values: Values,
}

/// The values of a constant.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    /// Weights.
    Floats(Vec<f32>),
    /// Shapes, axes and paddings.
    Integers(Vec<i64>),
}

/// How values lie in the weights file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Little-endian IEEE 754 single.
    Float32,
    /// Little-endian IEEE 754 half, widened without loss.
    Float16,
    /// Little-endian two's complement.
    Int32,
}

impl Encoding {
    /// Bytes per value.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Float32 | Self::Int32 => 4,
            Self::Float16 => 2,
        }
    }

    /// Decodes whole values.
    pub(super) fn decode(self, bytes: &[u8]) -> Values {
        let (words, _) = bytes.as_chunks::<4>();
        match self {
            Self::Float32 => Values::Floats(words.iter().map(|word| f32::from_le_bytes(*word)).collect()),
            Self::Int32 => Values::Integers(words.iter().map(|word| i32::from_le_bytes(*word).into()).collect()),
            Self::Float16 => {
                let (halves, _) = bytes.as_chunks::<2>();
                Values::Floats(halves.iter().map(|half| widen(u16::from_le_bytes(*half))).collect())
            }
        }
    }
}

/// IEEE 754 half to single: exact for every value, subnormals included.
fn widen(half: u16) -> f32 {
    let sign = if half & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f32::from(half & 0x3ff);
    match half >> 10 & 0x1f {
        0 => sign * fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => sign * f32::INFINITY,
        31 => f32::NAN,
        exponent => sign * (1024.0 + fraction) * 2f32.powi(i32::from(exponent) - 25),
    }
}

impl Tensor {
    /// The weights, where they are weights.
    pub(super) fn floats(&self) -> Result<&[f32], ConvertError> {
        match &self.values {
            Values::Floats(values) => Ok(values),
            Values::Integers(_) => Err(ConvertError::Malformed("integers where weights belong".to_owned())),
        }
    }

    /// The integers, where they are integers.
    pub(super) fn integers(&self) -> Result<&[i64], ConvertError> {
        match &self.values {
            Values::Integers(values) => Ok(values),
            Values::Floats(_) => Err(ConvertError::Malformed("weights where integers belong".to_owned())),
        }
    }

    /// A convolution kernel: height, width, in, out -> out, in, height, width.
    pub(super) fn convolution_kernel(&self) -> Result<Kernel, ConvertError> {
        let [height, width, input, output] = self.rank_4()?;
        Ok(Kernel { shape: [output, input, height, width], values: self.rearranged([3, 2, 0, 1])? })
    }

    /// A depthwise kernel: height, width, channels, multiplier -> channels x multiplier, 1, height, width.
    pub(super) fn depthwise_kernel(&self) -> Result<Kernel, ConvertError> {
        let [height, width, channels, multiplier] = self.rank_4()?;
        Ok(Kernel { shape: [channels * multiplier, 1, height, width], values: self.rearranged([2, 3, 0, 1])? })
    }

    fn rank_4(&self) -> Result<[usize; 4], ConvertError> {
        let shape = self.shape.as_slice();
        shape.try_into().map_err(|_| ConvertError::Shape(format!("a kernel of shape {shape:?}")))
    }

    /// The values with their axes in the given order.
    fn rearranged(&self, order: [usize; 4]) -> Result<Vec<f32>, ConvertError> {
        let (shape, values) = (self.rank_4()?, self.floats()?);
        let strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1];
        let [outer, second, third, inner] = order.map(|axis| (shape[axis], strides[axis]));
        let steps = |(size, stride): (usize, usize)| (0..size).map(move |index| index * stride);
        let offsets = steps(outer).flat_map(move |a| {
            steps(second).flat_map(move |b| steps(third).flat_map(move |c| steps(inner).map(move |d| a + b + c + d)))
        });
        Ok(offsets.map(|offset| values[offset]).collect())
    }
}

/// A convolution's weights in ONNX order.
#[derive(Debug)]
pub(super) struct Kernel {
    /// Out, in per group, height, width.
    pub(super) shape: [usize; 4],
    /// Row-major values.
    pub(super) values: Vec<f32>,
}
