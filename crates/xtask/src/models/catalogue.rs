//! Which files make a set of models, what they must hash to, and where they come from.

/// A model file.
#[derive(Debug)]
pub(crate) struct ModelFile {
    /// Its name in the models folder.
    pub(crate) name: &'static str,
    /// SHA-256 of its bytes, hexadecimal.
    pub(crate) sha256: &'static str,
    /// Who has it.
    pub(crate) origin: Origin,
}

/// Where a model file comes from, besides a mirror.
#[derive(Debug)]
pub(crate) enum Origin {
    /// The author serves this very file.
    Address(&'static str),
    /// The author serves it in another form, which needs his training framework to convert.
    OtherForm,
    /// Converted here from the package of [`PACKAGE`].
    Converted(Source),
    /// A member of [`WHEEL`], as it is.
    Wheel(&'static str),
}

/// A TensorFlow.js graph model of the package: `models/<stem>.json` and `models/<stem>.bin`.
#[derive(Debug)]
pub(crate) struct Source {
    /// File name without its ending.
    pub(crate) stem: &'static str,
    /// SHA-256 of the description.
    pub(crate) description: &'static str,
    /// SHA-256 of the weights.
    pub(crate) weights: &'static str,
    /// The nodes that become `out0`, `out1`, ...
    pub(crate) outputs: &'static [&'static str],
}

/// Files that work together.
#[derive(Debug)]
pub(crate) struct ModelSet {
    /// What console and log call it.
    pub(crate) name: &'static str,
    /// All of its files.
    pub(crate) files: &'static [&'static ModelFile],
    /// What it does, and what it does not, for the terminal.
    pub(crate) summary: &'static str,
}

/// The npm package (MIT) with the models that are converted here.
pub(crate) const PACKAGE: &str = "@vladmandic/human@3.3.6";

/// The Python package (Apache-2.0) that carries the models which read documents.
pub(crate) const WHEEL: &str = "rapidocr==3.10.0";

/// The Python package (MIT) that carries the other engine's library, in the version that the golden values come from.
pub(crate) const ONNX_RUNTIME: &str = "onnxruntime==1.31.1";

const YUNET: ModelFile = ModelFile {
    name: "yunet_n_320_320.onnx",
    sha256: "81dbde155e982455488235acb8ec2dec5d647edf7cf7080d33e4abb69b93a0d2",
    origin: Origin::Address(
        "https://raw.githubusercontent.com/ShiqiYu/libfacedetection.train/0047ac24/onnx/yunet_n_320_320.onnx",
    ),
};

const MOBILEFACENET: ModelFile = ModelFile {
    name: "mobilefacenet_foamliu.onnx",
    sha256: "b7120c095d60094f28a4a54ba6a8bf51b297a6273fb40ef6350dfec1f63d9507",
    origin: Origin::Address(
        "https://raw.githubusercontent.com/foamliu/MobileFaceNet/a6cc9032a659b615f477833e1a70b5e7931bcccc/weights/MobileFaceNet.onnx",
    ),
};

const MINIFASNET_V2: ModelFile = ModelFile {
    name: "minifasnet_v2_2.7_80.onnx",
    sha256: "1f9d2b6d9b10754c9b7046288dc741a3e9573f5ba771e42edd8edc9aeb89c0ae",
    origin: Origin::OtherForm,
};

const MINIFASNET_V1SE: ModelFile = ModelFile {
    name: "minifasnet_v1se_4.0_80.onnx",
    sha256: "03fc8cd973cc5ec26c779cec3b41f2739d9800be90f95dd0bcf32e4bba14db08",
    origin: Origin::OtherForm,
};

/// The face mesh, the same file in every set.
pub(crate) const FACEMESH: ModelFile = ModelFile {
    name: "facemesh_192.onnx",
    sha256: "eb2187a027ca1511a28be3f328074a020b4e796e674b96b55e55fbfff0a9ded8",
    origin: Origin::Converted(Source {
        stem: "facemesh",
        description: "b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7",
        weights: "3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b",
        // 468 points, face flag, contours.
        outputs: &["Identity_2", "Identity_1", "Identity"],
    }),
};

/// The standard set's detector.
pub(crate) const BLAZEFACE: ModelFile = ModelFile {
    name: "blazeface_256.onnx",
    sha256: "4a7b0cd0d143b6efe20169e7885743a33fa31c04f2578f8b350916faa4a03831",
    origin: Origin::Converted(Source {
        stem: "blazeface",
        description: "cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f",
        weights: "dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72",
        // Scores and boxes of the 512 fine anchors, then of the 384 coarse ones.
        outputs: &["Identity", "Identity_2", "Identity_1", "Identity_3"],
    }),
};

/// The standard set's embedding; its guesses of age and sex are left out of the file.
pub(crate) const FACERES: ModelFile = ModelFile {
    name: "faceres_224.onnx",
    sha256: "20bbb366b98ca5b4763f3dd272fadace47da4639bd478d87b8748412f653f4c0",
    origin: Origin::Converted(Source {
        stem: "faceres",
        description: "5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df",
        weights: "2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b",
        outputs: &["global_pooling/Mean"],
    }),
};

const TEXT_DETECTOR: ModelFile = ModelFile {
    name: "PP-OCRv6_det_small.onnx",
    sha256: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    origin: Origin::Wheel("rapidocr/models/PP-OCRv6_det_small.onnx"),
};

const TEXT_RECOGNISER: ModelFile = ModelFile {
    name: "PP-OCRv6_rec_small.onnx",
    sha256: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    origin: Origin::Wheel("rapidocr/models/PP-OCRv6_rec_small.onnx"),
};

/// What reads documents, beside any set of face models.
pub(crate) const DOCUMENTS: ModelSet = ModelSet {
    name: "documents",
    files: &[&TEXT_DETECTOR, &TEXT_RECOGNISER],
    summary: "Reads resident cards and machine-readable zones from photographs.",
};

/// Everything measured: the set to have.
pub(crate) const RECOMMENDED: ModelSet = ModelSet {
    name: "recommended",
    files: &[&YUNET, &MOBILEFACENET, &MINIFASNET_V2, &MINIFASNET_V1SE, &FACEMESH],
    summary: "Compares faces (equal error rate 0.7 % on LFW), follows the active challenge, and filters printed\n\
              photographs and screens; the filter is no certified presentation-attack detection.",
};

/// What public addresses and the package give together.
pub(crate) const WITHOUT_ANTISPOOF: ModelSet = ModelSet {
    name: "recommended without anti-spoof",
    files: &[&YUNET, &MOBILEFACENET, &FACEMESH],
    summary: "Compares faces (equal error rate 0.7 % on LFW) and follows the active challenge; it has no filter for\n\
              printed photographs and screens. `cargo xtask models --from URL` takes the full set from a mirror.",
};

/// What the package alone gives: always obtainable where the web pages can be built.
pub(crate) const STANDARD: ModelSet = ModelSet {
    name: "standard",
    files: &[&BLAZEFACE, &FACEMESH, &FACERES],
    summary: "Compares faces less well (equal error rate 1.9 % on LFW, not calibrated for low false-match rates) and\n\
              follows the active challenge; it has no filter for printed photographs and screens. Every match waits\n\
              for an officer: sign in to the console and decide it under \"Waiting cases\".",
};

/// The sets of face models, best first.
pub(crate) const SETS: [&ModelSet; 3] = [&RECOMMENDED, &WITHOUT_ANTISPOOF, &STANDARD];

#[cfg(test)]
mod tests;
