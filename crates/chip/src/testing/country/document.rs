//! Documents of a made-up state.

use std::collections::BTreeMap;

use mibun_crypto::asn1::{self, Oid, write, write_oid, write_unsigned};
use mibun_crypto::digest::Hash;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::{Date, Timestamp};

use super::pki::time;
use super::{Country, Holder};
use crate::lds::mrz::check_digit;
use crate::lds::tag_of;
use crate::tlv::encode;

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneFormat {
    /// A card with three lines.
    Td1,
    /// A passport with two lines of 44.
    Td3,
}

/// A made-up person with a document. Texts are as they stand in the zone, without filling: `A` to `Z`, digits and spaces.
#[derive(Debug, Clone)]
pub struct Person {
    /// Which document.
    pub format: ZoneFormat,
    /// Issuing state, as in the zone.
    pub issuing_state: String,
    /// Up to nine characters.
    pub document_number: String,
    /// Nationality, as in the zone.
    pub nationality: String,
    /// Day of birth.
    pub birth: Date,
    /// `M`, `F` or `<`.
    pub sex: char,
    /// Last day of validity.
    pub expiry: Date,
    /// Surname.
    pub surname: String,
    /// Given names.
    pub given_names: String,
    /// Name in the letters of the state, for DG11.
    pub full_name: Option<String>,
}

/// The files of a chip.
#[derive(Clone)]
pub struct Document {
    /// EF.COM.
    pub com: Vec<u8>,
    /// EF.SOD.
    pub sod: Vec<u8>,
    /// Data groups by number.
    pub groups: BTreeMap<u8, Vec<u8>>,
}

/// What EF.SOD is to say.
#[derive(Debug, Clone)]
pub struct SodContent {
    /// Hash function of the data groups.
    pub hash: Hash,
    /// Numbers and hashes, in order.
    pub hashes: Vec<(u8, Vec<u8>)>,
    /// Certificates beside the signer's.
    pub certificates: Vec<Vec<u8>>,
    /// When it was signed.
    pub signed_at: Timestamp,
}

impl SodContent {
    /// The hashes of all groups, nothing unusual.
    pub fn of(groups: &BTreeMap<u8, Vec<u8>>, hash: Hash, signed_at: Timestamp) -> Self {
        let hashes = groups.iter().map(|(group, file)| (*group, hash.digest(&[file]))).collect();
        Self { hash, hashes, certificates: Vec::new(), signed_at }
    }
}

impl Country {
    /// A whole document with the portrait `jpeg`. `extra` are further data groups, tag and length included, such as DG14
    /// and DG15.
    pub fn document(&mut self, person: &Person, jpeg: &[u8], extra: &[(u8, Vec<u8>)]) -> Document {
        let mut groups = BTreeMap::from([
            (1, encode(0x61, &encode(0x5f1f, mrz_text(person).as_bytes()))),
            (2, dg2(&picture_record(jpeg))),
        ]);
        if let Some(name) = &person.full_name {
            let birth = person.birth.to_string().replace('-', "");
            let fields = [
                encode(0x5c, &[0x5f, 0x0e, 0x5f, 0x2b]),
                encode(0x5f0e, name.as_bytes()),
                encode(0x5f2b, birth.as_bytes()),
            ];
            groups.insert(11, encode(0x6b, &fields.concat()));
        }
        groups.extend(extra.iter().cloned());
        let content = SodContent::of(&groups, Hash::Sha256, self.founded.plus_days(1));
        let Self { signer, entropy, .. } = self;
        let sod = sod(signer, &content, entropy);
        Document { com: com(&groups), sod, groups }
    }

    /// EF.SOD with this content, by the present signer.
    pub fn sod(&mut self, content: &SodContent) -> Vec<u8> {
        let Self { signer, entropy, .. } = self;
        sod(signer, content, entropy)
    }

    /// EF.SOD by a signer of the caller's choice.
    pub fn sod_by(&mut self, signer: &Holder, content: &SodContent) -> Vec<u8> {
        sod(signer, content, &mut self.entropy)
    }
}

/// The zone as DG1 stores it.
pub fn mrz_text(person: &Person) -> String {
    let digit = |text: &str| char::from(check_digit(text).expect("characters of a zone"));
    let filled = |text: &str, length: usize| {
        let text = text.replace(' ', "<");
        format!("{text:<<length$}").chars().take(length).collect::<String>()
    };
    let day = |date: Date| date.to_string().replace('-', "")[2..].to_owned();
    let name = format!("{}<<{}", person.surname, person.given_names);
    let (number, state) = (filled(&person.document_number, 9), filled(&person.issuing_state, 3));
    let nationality = filled(&person.nationality, 3);
    let number = format!("{number}{}", digit(&number));
    let birth = format!("{}{}", day(person.birth), digit(&day(person.birth)));
    let expiry = format!("{}{}", day(person.expiry), digit(&day(person.expiry)));
    match person.format {
        ZoneFormat::Td3 => {
            let optional = "<".repeat(14);
            let composite = digit(&format!("{number}{birth}{expiry}{optional}<"));
            let second = format!("{number}{nationality}{birth}{}{expiry}{optional}<{composite}", person.sex);
            format!("P<{state}{}{second}", filled(&name, 39))
        }
        ZoneFormat::Td1 => {
            let (first, second) = ("<".repeat(15), "<".repeat(11));
            let composite = digit(&format!("{number}{first}{birth}{expiry}{second}"));
            let lines =
                format!("I<{state}{number}{first}{birth}{}{expiry}{nationality}{second}{composite}", person.sex);
            format!("{lines}{}", filled(&name, 30))
        }
    }
}

/// An ISO/IEC 19794-5 record of one image without feature points.
pub fn picture_record(image: &[u8]) -> Vec<u8> {
    let face_length = 20 + 12 + image.len();
    let length = |length: usize| (length as u32).to_be_bytes();
    let kind = u8::from(!image.starts_with(&[0xff, 0xd8]));
    let header = [b"FAC\x00010\x00".as_slice(), &length(14 + face_length), &[0, 1]].concat();
    let information = [length(face_length).as_slice(), &[0; 16]].concat();
    [header, information, vec![1, kind, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0], image.to_vec()].concat()
}

fn dg2(record: &[u8]) -> Vec<u8> {
    // Header: face, biometric subtype none, format owner and type of ISO/IEC 19794-5.
    let header = [encode(0x81, &[2]), encode(0x87, &[1, 1]), encode(0x88, &[0, 8])].concat();
    let template = encode(0x7f60, &[encode(0xa1, &header), encode(0x5f2e, record)].concat());
    encode(0x75, &encode(0x7f61, &[encode(0x02, &[1]), template].concat()))
}

fn com(groups: &BTreeMap<u8, Vec<u8>>) -> Vec<u8> {
    let tags: Vec<u8> = groups.keys().filter_map(|group| tag_of(*group)).collect();
    encode(0x60, &[encode(0x5f01, b"0107"), encode(0x5f36, b"040000"), encode(0x5c, &tags)].concat())
}

fn sod(signer: &Holder, content: &SodContent, entropy: &mut dyn Entropy) -> Vec<u8> {
    let hashes: Vec<u8> = content
        .hashes
        .iter()
        .flat_map(|(group, hash)| {
            write(asn1::SEQUENCE, &[&write_unsigned(&[*group]), &write(asn1::OCTET_STRING, &[hash])])
        })
        .collect();
    let object = [write_unsigned(&[0]), hash_identifier(content.hash), write(asn1::SEQUENCE, &[&hashes])].concat();
    let object = write(asn1::SEQUENCE, &[&object]);
    let content_type = Oid::new_unwrap("2.23.136.1.1.1");
    let message = Message { content_type, content: &object, others: &content.certificates, at: content.signed_at };
    encode(0x77, &signed_message(signer, &message, entropy))
}

fn hash_identifier(hash: Hash) -> Vec<u8> {
    write(asn1::SEQUENCE, &[&write_oid(hash.oid())])
}

/// What is signed, and when.
pub struct Message<'a> {
    pub content_type: Oid,
    pub content: &'a [u8],
    /// Certificates beside the signer's.
    pub others: &'a [Vec<u8>],
    pub at: Timestamp,
}

/// A `ContentInfo` with `SignedData`, the signer's certificate and others inside.
pub fn signed_message(signer: &Holder, message: &Message<'_>, entropy: &mut dyn Entropy) -> Vec<u8> {
    let Message { content_type, content, others, at } = *message;
    let hash = signer.scheme.hash();
    let attribute = |oid: &str, value: Vec<u8>| {
        write(asn1::SEQUENCE, &[&write_oid(Oid::new_unwrap(oid)), &write(asn1::SET, &[&value])])
    };
    let attributes = [
        attribute("1.2.840.113549.1.9.3", write_oid(content_type)),
        attribute("1.2.840.113549.1.9.5", time(at)),
        attribute("1.2.840.113549.1.9.4", write(asn1::OCTET_STRING, &[&hash.digest(&[content])])),
    ]
    .concat();
    let signature = signer.key.sign(signer.scheme, &write(asn1::SET, &[&attributes]), entropy);
    let certificate = signer.read();
    let identifier = [certificate.issuer().der(), &write(asn1::INTEGER, &[certificate.serial()])].concat();
    let information = [
        write_unsigned(&[1]),
        write(asn1::SEQUENCE, &[&identifier]),
        hash_identifier(hash),
        write(asn1::context(0), &[&attributes]),
        signer.scheme.to_identifier(),
        write(asn1::OCTET_STRING, &[&signature]),
    ]
    .concat();
    let octets = write(asn1::context(0), &[&write(asn1::OCTET_STRING, &[content])]);
    let signed = [
        write_unsigned(&[3]),
        write(asn1::SET, &[&hash_identifier(hash)]),
        write(asn1::SEQUENCE, &[&write_oid(content_type), &octets]),
        write(asn1::context(0), &[&signer.certificate, &others.concat()]),
        write(asn1::SET, &[&write(asn1::SEQUENCE, &[&information])]),
    ]
    .concat();
    let signed = write(asn1::context(0), &[&write(asn1::SEQUENCE, &[&signed])]);
    write(asn1::SEQUENCE, &[&write_oid(Oid::new_unwrap("1.2.840.113549.1.7.2")), &signed])
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("groups", &self.groups.keys().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}
