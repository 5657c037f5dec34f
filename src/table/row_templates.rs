//! The templates of an output, by those of the reader.

/// For each of the reader's templates, that of the output once it was asked for, where there is one.
#[derive(Debug, Default)]
pub struct RowTemplates(Vec<Option<Option<u32>>>);

impl RowTemplates {
    /// The output's template for one of the reader's, if there is one.
    #[inline]
    pub fn get(&self, number: u32) -> Option<u32> {
        self.0.get(number as usize).copied().flatten().flatten()
    }

    /// Asks for a template once; `None` where there is none or it was asked for.
    pub fn ask(&mut self, number: u32, make: impl FnOnce() -> Option<u32>) -> Option<u32> {
        if number == u32::MAX {
            return None;
        }
        let at = number as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        let known = self.0.get_mut(at).filter(|known| known.is_none())?;
        *known.insert(make())
    }
}
